import { type Array64, map64 } from '../shared/reference.js';
import type { GradientLimits } from './gradientNorm.js';

/** All gradients times one factor of their common norm. */
export function limitGradientsReference(gradients: readonly Array64[], { clip, skip }: GradientLimits): Array64[] {
  const norm = Math.sqrt(gradients.reduce((sum, { data }) => sum + data.reduce((own, value) => own + value * value, 0), 0));
  if (skip !== undefined && norm > skip) return gradients.map((gradient) => map64(gradient, () => 0));
  const factor = clip !== undefined && norm > clip ? clip / (norm + 1e-6) : 1;
  return gradients.map((gradient) => map64(gradient, (value) => value * factor));
}
