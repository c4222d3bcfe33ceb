import { ShapeError } from '../../errors/index.js';
import type { Tensor } from '../../tfjs.js';

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** @throws ShapeError unless `x` has `rank` axes. */
export function checkRank(op: string, name: string, x: Tensor, rank: number, layout: string): void {
  if (x.rank !== rank) {
    throw new ShapeError(`${op}: '${name}' must have ${rank} axes ${layout}, but its shape is ${formatShape(x.shape)}.`);
  }
}

/** @throws ShapeError unless `x` has exactly this shape. */
export function checkShape(op: string, name: string, x: Tensor, shape: readonly number[], meaning: string): void {
  if (x.rank !== shape.length || shape.some((size, i) => x.shape[i] !== size)) {
    throw new ShapeError(`${op}: '${name}' must have the shape ${formatShape(shape)} (${meaning}), but it is ${formatShape(x.shape)}.`);
  }
}
