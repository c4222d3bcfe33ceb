/** The largest of windows of any size and stride, which may overlap: along each row first, then of the rows. */
import { differentiable } from '../../autodiff/tape.js';
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { composedResample } from '../resample/resample.js';
import { adjointTaps, type Taps } from '../resample/taps.js';
import * as raw from '../shared/raw.js';
import type { MaxPoolKernels, MaxWindow } from './types.js';

/** Rows or columns that come out. A partial last window begins inside the image, or in the border before it. */
export function maxPooledSize(length: number, { size, stride, padding, partial }: MaxWindow): number {
  const steps = (length + 2 * padding - size) / stride;
  if (!partial) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= length + padding ? count - 1 : count;
}

/**
 * The k-th cell of every window along an axis. A place outside the image shows the nearest cell inside, which lies in the same window: so it
 * changes no maximum, and as it does not exceed its double it wins no gradient that the double had not won.
 */
function cellsOf(length: number, window: MaxWindow): Taps[] {
  const count = maxPooledSize(length, window);
  return Array.from({ length: window.size }, (_, k) => ({
    length,
    outputs: Array.from({ length: count }, (_, output) => [{ index: Math.min(length - 1, Math.max(0, output * window.stride - window.padding + k)), weight: 1 }]),
  }));
}

const pick = (x: Tensor4D, taps: Taps, axis: 1 | 2): Tensor4D => composedResample.along(x, taps, axis);

function largestAlong(x: Tensor4D, window: MaxWindow, axis: 1 | 2): Tensor4D {
  return cellsOf(x.shape[axis], window)
    .map((taps): Tensor => pick(x, taps, axis))
    .reduce((largest, next) => raw.maximum(largest, next)) as Tensor4D;
}

/** For each place in the windows: 1 where it is the first of the largest, 0 elsewhere. */
function winners(x: Tensor4D, window: MaxWindow, axis: 1 | 2): Tensor[] {
  const cells = cellsOf(x.shape[axis], window).map((taps): Tensor => pick(x, taps, axis));
  // From the last to the first: a later one wins only where it exceeds all before it.
  const before: Tensor[] = [];
  cells.forEach((cell, k) => before.push(k === 0 ? cell : raw.maximum(before[k - 1] as Tensor, cell)));
  let open: Tensor | undefined;
  const masks: Tensor[] = [];
  for (let k = cells.length - 1; k > 0; k--) {
    const exceeds = raw.step(raw.sub(cells[k] as Tensor, before[k - 1] as Tensor), 0);
    const mask: Tensor = open === undefined ? exceeds : raw.mul(open, exceeds);
    masks.unshift(mask);
    const rest = raw.sub(raw.constant(1), exceeds);
    open = open === undefined ? rest : raw.mul(open, rest);
  }
  return [open ?? raw.fill((cells[0] as Tensor).shape, 1), ...masks];
}

/** dy of each window at its winner along an axis. */
function spreadAlong(x: Tensor4D, dy: Tensor4D, window: MaxWindow, axis: 1 | 2): Tensor4D {
  const cells = cellsOf(x.shape[axis], window);
  return winners(x, window, axis)
    .map((mask, k): Tensor => pick(raw.mul(dy, mask) as Tensor4D, adjointTaps(cells[k] as Taps), axis))
    .reduce((sum, next) => raw.add(sum, next)) as Tensor4D;
}

/** Its adjoint: of `values`, shaped like x, those at the winners. */
function gatherAlong(x: Tensor4D, values: Tensor4D, window: MaxWindow, axis: 1 | 2): Tensor4D {
  const cells = cellsOf(x.shape[axis], window);
  return winners(x, window, axis)
    .map((mask, k): Tensor => raw.mul(pick(values, cells[k] as Taps, axis), mask))
    .reduce((sum, next) => raw.add(sum, next)) as Tensor4D;
}

/**
 * The largest of each row of a window, then of the rows. Among equal values that finds the first row, and in it the first column, as a walk
 * through the window does.
 */
export const composedOverlappingMaxPool: MaxPoolKernels = {
  forward: (x, window) => largestAlong(largestAlong(x, window, 2), window, 1),
  backward(x, dy, window) {
    const rows = largestAlong(x, window, 2);
    return spreadAlong(x, spreadAlong(rows, dy, window, 1), window, 2);
  },
};

/** dx for dy, an op itself that is linear in dy: x is constant to it. */
export const toLargest = (x: Tensor4D, dy: Tensor4D, window: MaxWindow): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'maxPool2d gradient',
    inputs: [dy],
    forward: () => composedOverlappingMaxPool.backward(x, dy, window),
    pullback: ({ dy: ddx }) => [fromLargest(x, ddx, window)],
  });

/** The values at the places of the largest: the adjoint of `toLargest`. */
const fromLargest = (x: Tensor4D, values: Tensor4D, window: MaxWindow): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'maxPool2d values',
    inputs: [values],
    forward: () => gatherAlong(largestAlong(x, window, 2), gatherAlong(x, values, window, 2), window, 1),
    pullback: ({ dy }) => [toLargest(x, dy, window)],
  });
