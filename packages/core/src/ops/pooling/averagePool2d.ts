import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkInteger } from '../../options.js';
import { runKernel, type Tensor4D } from '../../tfjs.js';
import { composedResample } from '../resample/resample.js';
import { adjointTaps, type Taps } from '../resample/taps.js';
import { checkRank } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as raw from '../shared/raw.js';
import type { AveragePoolKernels, AverageWindow } from './types.js';

export type { AveragePoolKernels } from './types.js';

/** Options of `averagePool2d`. */
export interface AveragePool2dOptions {
  /** Side of the window. Default 3. */
  readonly size?: number | undefined;
  /** Pixels from one window to the next. Default 2. */
  readonly stride?: number | undefined;
  /** Border that windows may reach into, at most half their side. Default 1. */
  readonly padding?: number | undefined;
  /** Whether the border counts as zeros, PyTorch's `count_include_pad`; otherwise only cells inside the image count. Default false. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * Mean of each window: [N, H, W, C] -> [N, OH, OW, C], OH = ⌊(H + 2 padding − size) / stride⌋ + 1. PyTorch's `AvgPool2d`.
 *
 * By default 3×3 windows at stride 2 and padding 1 of the cells inside the image only, which step the published multi-scale discriminators
 * down. (TensorFlow.js's own `avgPool` pads elsewhere, and its gradient is wrong at the border.)
 *
 * @throws ShapeError when no window fits
 * @throws ArgumentError for an option out of range
 */
export function averagePool2d(x: Tensor4D, options: AveragePool2dOptions = {}): Tensor4D {
  return averagePool2dBy(choose(fusedAveragePool, composedAveragePool), x, options);
}

/** The op by a given implementation; `averagePool2d` picks the best one of the backend in use. */
export function averagePool2dBy(kernels: AveragePoolKernels, x: Tensor4D, options: AveragePool2dOptions = {}): Tensor4D {
  checkRank('averagePool2d', 'x', x, 4, '[N, H, W, C]');
  const window = resolve(options);
  const [, h, w] = x.shape;
  if (outputSize(h, window) < 1 || outputSize(w, window) < 1) {
    throw new ShapeError(`averagePool2d: a window of ${window.size}×${window.size} does not fit into an input of ${h}×${w} padded by ${window.padding}.`, { remedy: 'Use a larger image.' });
  }
  return pooled(kernels, x, window);
}

const pooled = (kernels: AveragePoolKernels, x: Tensor4D, window: AverageWindow): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'averagePool2d',
    inputs: [x],
    forward: () => kernels.forward(x, window),
    pullback: ({ dy }) => [averagePoolAdjoint(kernels, dy, x.shape, window)],
  });

/** The gradient of the op for its input, an op itself: each is the other's adjoint. */
const averagePoolAdjoint = (kernels: AveragePoolKernels, y: Tensor4D, inputShape: Tensor4D['shape'], window: AverageWindow): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'averagePool2d gradient',
    inputs: [y],
    forward: () => kernels.backward(y, inputShape, window),
    pullback: ({ dy }) => [pooled(kernels, dy, window)],
  });

function resolve({ size = 3, stride = 2, padding = 1, countIncludePad = false }: AveragePool2dOptions): AverageWindow {
  checkInteger('averagePool2d', 'size', size, 1);
  checkInteger('averagePool2d', 'stride', stride, 1);
  checkInteger('averagePool2d', 'padding', padding, 0);
  if (2 * padding > size) throw new ArgumentError(`averagePool2d: 'padding' must be at most half of 'size', which is ${size}, but it is ${padding}.`);
  return { size, stride, padding, countIncludePad };
}

const outputSize = (length: number, { size, stride, padding }: AverageWindow): number => Math.floor((length + 2 * padding - size) / stride) + 1;

/**
 * The implementation by fused kernels, which count the cells inside. Where the border counts too, they are given it as zeros.
 */
export const fusedAveragePool: AveragePoolKernels & Fused = {
  kernelNames: ['AvgPool2DValidCount', 'AvgPool2DValidCountGrad'],
  forward(x, { size, stride, padding, countIncludePad }) {
    if (!countIncludePad || padding === 0) return runKernel<Tensor4D>('AvgPool2DValidCount', { x }, { size, stride, pad: padding });
    const around: [number, number] = [padding, padding];
    return runKernel<Tensor4D>('AvgPool2DValidCount', { x: raw.pad(x, [[0, 0], around, around, [0, 0]]) }, { size, stride, pad: 0 });
  },
  backward(dy, inputShape, { size, stride, padding, countIncludePad }) {
    if (!countIncludePad || padding === 0) return runKernel<Tensor4D>('AvgPool2DValidCountGrad', { dy }, { size, stride, pad: padding, inputShape });
    const [n, h, w, c] = inputShape;
    const paddedShape = [n, h + 2 * padding, w + 2 * padding, c];
    const dPadded = runKernel('AvgPool2DValidCountGrad', { dy }, { size, stride, pad: 0, inputShape: paddedShape });
    return raw.slice(dPadded, [0, padding, padding, 0], [n, h, w, c]) as Tensor4D;
  },
};

/** The windows along one axis: the mean of a window is the mean of its rows' means. */
function averageTaps(length: number, window: AverageWindow): Taps {
  const { size, stride, padding, countIncludePad } = window;
  const outputs = Array.from({ length: outputSize(length, window) }, (_, output) => {
    const cells = Array.from({ length: size }, (_, k) => output * stride - padding + k).filter((cell) => cell >= 0 && cell < length);
    return cells.map((index) => ({ index, weight: 1 / (countIncludePad ? size : cells.length) }));
  });
  return { length, outputs };
}

/** By gathers along each axis, which run on every backend. */
export const composedAveragePool: AveragePoolKernels = {
  forward(x, window) {
    const [, h, w] = x.shape;
    return composedResample.along(composedResample.along(x, averageTaps(h, window), 1), averageTaps(w, window), 2);
  },
  backward(dy, [, h, w], window) {
    return composedResample.along(composedResample.along(dy, adjointTaps(averageTaps(w, window)), 2), adjointTaps(averageTaps(h, window)), 1);
  },
};
