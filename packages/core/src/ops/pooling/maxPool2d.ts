import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkInteger } from '../../options.js';
import { runKernel, type Tensor, type Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';
import { composedOverlappingMaxPool, maxPooledSize, toLargest } from './overlapping.js';
import type { MaxPoolKernels, MaxWindow } from './types.js';

export type { MaxPoolKernels } from './types.js';

/** Options of `maxPool2d`. */
export interface MaxPool2dOptions {
  /** Side of the window: 2 (VGG, the default) or 3 (AlexNet, where windows overlap). */
  readonly size?: number | undefined;
  /** Pixels from one window to the next. Default 2. */
  readonly stride?: number | undefined;
  /** Border that windows may reach into, at most half their side; nothing there is the largest. Default 0. */
  readonly padding?: number | undefined;
  /** Whether a last window that is only partly inside counts, PyTorch's `ceil_mode`. Default false: its rows and columns are left out. */
  readonly partial?: boolean | undefined;
}

/**
 * Largest of each window: [N, H, W, C] -> [N, OH, OW, C], OH = ⌊(H + 2 padding − size) / stride⌋ + 1, or ⌈…⌉ with `partial`, where the last
 * window must begin inside the image or its border before it. PyTorch's `MaxPool2d`. By default 2×2 at stride 2.
 *
 * NaN wins, as in PyTorch; the gradient goes to the largest, to the first of equal ones.
 * @throws ShapeError when H or W is so small that no window fits
 * @throws ArgumentError for an option out of range
 */
export function maxPool2d(x: Tensor4D, options: MaxPool2dOptions = {}): Tensor4D {
  const window = resolve(options);
  return maxPool2dBy(choose(fusedMaxWindows, isPlain(window) ? choose(fusedMaxPool, composedMaxPool) : composedOverlappingMaxPool), x, options);
}

/** The op by a given implementation; `maxPool2d` picks the best one of the backend in use. */
export function maxPool2dBy(kernels: MaxPoolKernels, x: Tensor4D, options: MaxPool2dOptions = {}): Tensor4D {
  checkRank('maxPool2d', 'x', x, 4, '[N, H, W, C]');
  const window = resolve(options);
  const [, h, w] = x.shape;
  const least = window.size - 2 * window.padding;
  if (maxPooledSize(h, window) < 1 || maxPooledSize(w, window) < 1) {
    throw new ShapeError(`maxPool2d: the input must be at least ${least}×${least}, but it is ${h}×${w}.`, { remedy: 'Use a larger image.' });
  }
  return differentiable<Tensor4D>({
    name: 'maxPool2d',
    inputs: [x],
    forward: () => kernels.forward(x, window),
    backward: ({ dy }) => [kernels.backward(x, dy, window)],
    // Which cell is the largest is constant, and so is the map from dy to dx.
    pullback: ({ dy }) => [
      isPlain(window)
        ? prim.mul(everyCell(dy, x.shape), kernels.backward(x, raw.fill(dy.shape, 1) as Tensor4D, window))
        : toLargest(x, dy, window),
    ],
  });
}

function resolve({ size = 2, stride = 2, padding = 0, partial = false }: MaxPool2dOptions): MaxWindow {
  checkInteger('maxPool2d', 'size', size, 1);
  checkInteger('maxPool2d', 'stride', stride, 1);
  checkInteger('maxPool2d', 'padding', padding, 0);
  if (2 * padding > size) throw new ArgumentError(`maxPool2d: 'padding' must be at most half of 'size', which is ${size}, but it is ${padding}.`);
  return { size, stride, padding, partial };
}

/** Windows of 2×2 side by side: no cell is in two of them. */
const isPlain = ({ size, stride, padding, partial }: MaxWindow): boolean => size === 2 && stride === 2 && padding === 0 && !partial;

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

/** Windows of every kind, where the backend has them. */
export const fusedMaxWindows: MaxPoolKernels & Fused = {
  kernelNames: ['MaxPool2DWindows', 'MaxPool2DWindowsGrad'],
  forward: (x, window) => runKernel<Tensor4D>('MaxPool2DWindows', { x }, windowsOf(x, window)),
  backward: (x, dy, window) => runKernel<Tensor4D>('MaxPool2DWindowsGrad', { x, dy }, windowsOf(x, window)),
};

const windowsOf = (x: Tensor4D, window: MaxWindow): Record<string, number> => ({
  size: window.size, stride: window.stride, pad: window.padding, outHeight: maxPooledSize(x.shape[1], window), outWidth: maxPooledSize(x.shape[2], window),
});

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
