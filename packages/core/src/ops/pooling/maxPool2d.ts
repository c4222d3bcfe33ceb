import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { runKernel, type Tensor, type Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** One implementation of the op: what every backend's version has to provide. */
export interface MaxPoolKernels {
  forward(x: Tensor4D): Tensor4D;
  backward(x: Tensor4D, dy: Tensor4D): Tensor4D;
}

/** Options of `maxPool2d`. */
export interface MaxPool2dOptions {
  /** Side of the window: 2 (VGG, the default) or 3 (AlexNet, where windows overlap). */
  readonly size?: 2 | 3 | undefined;
}

/**
 * Largest of each window of `size`×`size`, stride 2, no padding; rows and columns that fill no window are left out:
 * [N, H, W, C] -> [N, ⌊(H − size)/2⌋ + 1, ⌊(W − size)/2⌋ + 1, C].
 * NaN wins, as in PyTorch; the gradient goes to the largest, to the first of equal ones. With windows of 3×3 that gradient has none
 * of its own.
 * @throws ShapeError when H or W is below `size`; ArgumentError for another size
 */
export function maxPool2d(x: Tensor4D, { size = 2 }: MaxPool2dOptions = {}): Tensor4D {
  if (size === 3) return maxPool2dBy(composedMaxPool3, x, 3);
  return maxPool2dBy(choose(fusedMaxPool, composedMaxPool), x, size);
}

/** The op by a given implementation; `maxPool2d` picks the best one of the backend in use. */
export function maxPool2dBy(kernels: MaxPoolKernels, x: Tensor4D, size: 2 | 3 = 2): Tensor4D {
  checkRank('maxPool2d', 'x', x, 4, '[N, H, W, C]');
  if (![2, 3].includes(size)) throw new ArgumentError(`maxPool2d: 'size' must be 2 or 3, but it is ${String(size)}.`);
  if (x.shape[1] < size || x.shape[2] < size) {
    throw new ShapeError(`maxPool2d: the input must be at least ${size}×${size}, but it is ${x.shape[1]}×${x.shape[2]}.`, { remedy: 'Use a larger image.' });
  }
  return differentiable<Tensor4D>({
    name: 'maxPool2d',
    inputs: [x],
    forward: () => kernels.forward(x),
    backward: ({ dy }) => [kernels.backward(x, dy)],
    // Which cell is the largest is constant: 1 there and 0 elsewhere. Of windows that overlap one cell can be it several times.
    pullback:
      size === 2
        ? ({ dy }) => [prim.mul(everyCell(dy, x.shape), kernels.backward(x, raw.fill(dy.shape, 1) as Tensor4D))]
        : undefined,
  });
}

/** Each value at all four cells of its window, 0 outside of the windows. */
function everyCell(y: Tensor4D, [n, h, w, c]: Tensor4D['shape']): Tensor4D {
  const [halfHeight, halfWidth] = [Math.floor(h / 2), Math.floor(w / 2)];
  const rows = prim.broadcastTo(prim.reshape(y, [n * halfHeight, 1, halfWidth * c]), [n * halfHeight, 2, halfWidth * c]);
  const cells = prim.broadcastTo(prim.reshape(rows, [n * 2 * halfHeight * halfWidth, 1, c]), [n * 2 * halfHeight * halfWidth, 2, c]);
  return prim.pad<Tensor4D>(prim.reshape(cells, [n, 2 * halfHeight, 2 * halfWidth, c]), [[0, 0], [0, h % 2], [0, w % 2], [0, 0]]);
}

/** Not TensorFlow.js's `MaxPool`: that drops NaN, and on WebGPU its gradient goes to the last of equal cells. */
export const fusedMaxPool: MaxPoolKernels & Fused = {
  kernelNames: ['MaxPool2DCells', 'MaxPool2DCellsGrad'],
  forward: (x) => runKernel<Tensor4D>('MaxPool2DCells', { x }),
  backward: (x, dy) => runKernel<Tensor4D>('MaxPool2DCellsGrad', { x, dy }),
};

type Corners = readonly [topLeft: Tensor, topRight: Tensor, bottomLeft: Tensor, bottomRight: Tensor];

/** The four cells of every window, each [N H/2, 1, W/2, C]. */
function cornersOf(x: Tensor4D): Corners {
  const [n, h, w, c] = x.shape;
  const [halfHeight, halfWidth] = [Math.floor(h / 2), Math.floor(w / 2)];
  const even = h % 2 === 0 && w % 2 === 0 ? x : raw.slice(x, [0, 0, 0, 0], [n, 2 * halfHeight, 2 * halfWidth, c]);
  const cells = raw.reshape(even, [n * halfHeight, 2, halfWidth, 2 * c]);
  const corner = (row: number, column: number): Tensor => raw.slice(cells, [0, row, 0, column * c], [n * halfHeight, 1, halfWidth, c]);
  return [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)];
}

export const composedMaxPool: MaxPoolKernels = {
  forward(x) {
    const [n, h, w, c] = x.shape;
    const [topLeft, topRight, bottomLeft, bottomRight] = cornersOf(x);
    const largest = raw.maximum(raw.maximum(topLeft, topRight), raw.maximum(bottomLeft, bottomRight));
    return raw.reshape(largest, [n, Math.floor(h / 2), Math.floor(w / 2), c]);
  },

  // A knock-out: the later cell wins only when it is strictly larger.
  backward(x, dy) {
    const [n, h, w, c] = x.shape;
    const [topLeft, topRight, bottomLeft, bottomRight] = cornersOf(x);
    const wins = (later: Tensor, earlier: Tensor): Tensor => raw.step(raw.sub(later, earlier), 0);
    const split = (d: Tensor, laterWins: Tensor): [earlier: Tensor, later: Tensor] => {
      const later = raw.mul(d, laterWins);
      return [raw.sub(d, later), later];
    };
    const bottomWins = wins(raw.maximum(bottomLeft, bottomRight), raw.maximum(topLeft, topRight));
    const [dTop, dBottom] = split(raw.reshape(dy, topLeft.shape), bottomWins);
    const rows = [
      raw.concat(split(dTop, wins(topRight, topLeft)), 3),
      raw.concat(split(dBottom, wins(bottomRight, bottomLeft)), 3),
    ];
    const even = raw.reshape(raw.concat(rows, 1), [n, h - (h % 2), w - (w % 2), c]);
    return (h % 2 === 0 && w % 2 === 0 ? even : raw.pad(even, [[0, 0], [0, h % 2], [0, w % 2], [0, 0]])) as Tensor4D;
  },
};

/** A map seen along one axis: [before, length, after]. */
type Axis = readonly [before: number, length: number, after: number];

const alongHeight = ([n, h, w, c]: readonly number[]): Axis => [n!, h!, w! * c!];
const alongWidth = ([n, h, w, c]: readonly number[]): Axis => [n! * h!, w!, c!];

const windowsOf = (length: number): number => Math.floor((length - 3) / 2) + 1;

/** The first, second and third value of every window of 3 at stride 2 along an axis, each [before, windows, after]. */
function thirds(x: Tensor, [before, length, after]: Axis): [Tensor, Tensor, Tensor] {
  const windows = windowsOf(length);
  const rows = raw.reshape(x, [before, length, after]);
  const pairs = (from: number): Tensor => raw.reshape(raw.slice(rows, [0, from, 0], [before, 2 * windows, after]), [before * windows, 2, after]);
  const take = (of: Tensor, which: 0 | 1): Tensor => raw.reshape(raw.slice(of, [0, which, 0], [before * windows, 1, after]), [before, windows, after]);
  const [early, late] = [pairs(0), pairs(1)];
  return [take(early, 0), take(early, 1), take(late, 1)];
}

function largestAlong(x: Tensor, axis: Axis): Tensor {
  const [first, second, third] = thirds(x, axis);
  return raw.maximum(raw.maximum(first, second), third);
}

/** The gradient of `largestAlong`, [before, length, after]. */
function largestAlongGrad(x: Tensor, dy: Tensor, axis: Axis): Tensor {
  const [before, length, after] = axis;
  const windows = windowsOf(length);
  const [first, second, third] = thirds(x, axis);
  const d = raw.reshape(dy, [before, windows, after]);
  const wins = (later: Tensor, earlier: Tensor): Tensor => raw.step(raw.sub(later, earlier), 0);
  const dThird = raw.mul(d, wins(third, raw.maximum(first, second)));
  const rest = raw.sub(d, dThird);
  const dSecond = raw.mul(rest, wins(second, first));
  // Values of one window lie beside each other; the third is the next window's first.
  const spread = (part: Tensor): Tensor => raw.reshape(part, [before * windows, 1, after]);
  const beside = (rows: Tensor): Tensor => raw.reshape(rows, [before, 2 * windows, after]);
  const placed = (part: Tensor, from: number): Tensor => raw.pad(part, [[0, 0], [from, length - from - 2 * windows], [0, 0]]);
  const early = beside(raw.concat([spread(raw.sub(rest, dSecond)), spread(dSecond)], 1));
  const late = beside(raw.pad(spread(dThird), [[0, 0], [1, 0], [0, 0]]));
  return raw.add(placed(early, 0), placed(late, 1));
}

/**
 * Windows of 3: the largest of each row of a window, then of the three rows. Among equal values that finds the first row, and in
 * it the first column, as a walk through the window does.
 */
export const composedMaxPool3: MaxPoolKernels = {
  forward(x) {
    const [n, h, w, c] = x.shape;
    const rows = largestAlong(x, alongWidth(x.shape));
    const largest = largestAlong(rows, alongHeight([n, h, windowsOf(w), c]));
    return raw.reshape(largest, [n, windowsOf(h), windowsOf(w), c]);
  },
  backward(x, dy) {
    const [n, h, w, c] = x.shape;
    const rows = largestAlong(x, alongWidth(x.shape));
    const dRows = largestAlongGrad(rows, dy, alongHeight([n, h, windowsOf(w), c]));
    return raw.reshape(largestAlongGrad(x, dRows, alongWidth(x.shape)), x.shape);
  },
};
