import { ArgumentError, ShapeError } from '../../errors/index.js';
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

/** @throws ArgumentError unless `value` is a whole number of at least `minimum`. */
export function checkInteger(op: string, name: string, value: number, minimum: number): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new ArgumentError(`${op}: '${name}' must be a whole number of at least ${minimum}, but it is ${value}.`);
  }
}

/** @throws ArgumentError unless `value` is one of `allowed`. */
export function checkOneOf<T extends string | number>(op: string, name: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) {
    throw new ArgumentError(`${op}: '${name}' must be one of ${allowed.join(', ')}, but it is '${value}'.`);
  }
}
