/** Gradients held to a norm before an optimizer gets them. */
import { ArgumentError } from '../../errors/index.js';
import { runKernel, type Tensor } from '../../tfjs.js';
import { tidyTree } from '../../tidyTree.js';
import * as raw from '../shared/raw.js';

/** What becomes of large gradients; both limits may be set. */
export interface GradientLimits {
  /** Gradients whose norm is above this are scaled down to it. Default no limit. */
  readonly clip?: number | undefined;
  /** Gradients whose norm is above this become 0. Default no limit. */
  readonly skip?: number | undefined;
}

/** Of the division: PyTorch's `clip_grad_norm_`. */
const EPSILON = 1e-6;

/** Below the largest float32. */
const LARGEST = 3.4e38;

/**
 * Gradients under limits of their common norm n = √(Σ g²), over all values of all tensors: 0 where n > skip, infinite ones too, and otherwise times
 * min(1, clip / (n + 1e-6)), as PyTorch's `clip_grad_norm_`. A NaN stays NaN. Nothing is read from the device. Inputs stay the caller's, and so do the results.
 * @throws ArgumentError for a limit that is not above 0
 */
export function limitGradients(gradients: readonly Tensor[], { clip, skip }: GradientLimits): Tensor[] {
  for (const [name, limit] of [['clip', clip], ['skip', skip]] as const) {
    if (limit !== undefined && !(limit > 0)) throw new ArgumentError(`limitGradients: '${name}' must be above 0, but it is ${limit}.`);
  }
  return tidyTree(() => {
    const squares = gradients.map((gradient) => raw.sumInStages(raw.square(gradient)));
    const norm = raw.sqrt(squares.reduce((sum, square) => raw.add(sum, square), raw.constant(0)));
    let factor = raw.constant(1);
    if (clip !== undefined) factor = runKernel('Minimum', { a: factor, b: raw.div(raw.constant(clip), raw.shift(norm, EPSILON)) });
    if (skip === undefined) return gradients.map((gradient) => raw.mul(gradient, factor));
    // 1 where the norm does not exceed the limit, 0 where it does. A factor of 0 alone would make NaN of an infinite gradient.
    const kept = raw.sub(raw.constant(1), raw.step(raw.shift(norm, -skip), 0));
    const most = raw.scale(kept, LARGEST);
    const least = raw.negate(most);
    return gradients.map((gradient) => raw.mul(raw.maximum(runKernel('Minimum', { a: gradient, b: most }), least), raw.mul(factor, kept)));
  });
}
