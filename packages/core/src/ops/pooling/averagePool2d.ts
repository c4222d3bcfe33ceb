import { differentiable } from '../../autodiff/tape.js';
import { runKernel, type Tensor, type Tensor4D, tensor } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as raw from '../shared/raw.js';

/** One implementation of the op: what every backend's version has to provide. */
export interface AveragePoolKernels {
  forward(x: Tensor4D): Tensor4D;
  backward(dy: Tensor4D, inputShape: readonly [number, number, number, number]): Tensor4D;
}

/**
 * Mean of 3×3 windows at stride 2 and padding 1, of the cells inside the image only:
 * [N, H, W, C] -> [N, ⌈H/2⌉, ⌈W/2⌉, C]. PyTorch's `AvgPool2d(3, 2, padding=1, count_include_pad=False)`,
 * which steps the published multi-scale discriminator down. (TensorFlow.js's own `avgPool` pads elsewhere,
 * and its gradient is wrong at the border.)
 */
export function averagePool2d(x: Tensor4D): Tensor4D {
  return averagePool2dBy(choose(fusedAveragePool, composedAveragePool), x);
}

/** The op by a given implementation; `averagePool2d` picks the best one of the backend in use. */
export function averagePool2dBy(kernels: AveragePoolKernels, x: Tensor4D): Tensor4D {
  checkRank('averagePool2d', 'x', x, 4, '[N, H, W, C]');
  return differentiable<Tensor4D>({
    name: 'averagePool2d',
    inputs: [x],
    forward: () => kernels.forward(x),
    pullback: ({ dy }) => [averagePoolAdjoint(kernels, dy, x.shape)],
  });
}

/** The gradient of the op for its input, an op itself: each is the other's adjoint. */
const averagePoolAdjoint = (kernels: AveragePoolKernels, y: Tensor4D, inputShape: Tensor4D['shape']): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'averagePool2d gradient',
    inputs: [y],
    forward: () => kernels.backward(y, inputShape),
    pullback: ({ dy }) => [averagePool2dBy(kernels, dy)],
  });

const window = { size: 3, stride: 2, pad: 1 } as const;
const outputSize = (length: number): number => Math.floor((length - 1) / 2) + 1;

/** The implementation by fused kernels. */
export const fusedAveragePool: AveragePoolKernels & Fused = {
  kernelNames: ['AvgPool2DValidCount', 'AvgPool2DValidCountGrad'],
  forward: (x) => runKernel<Tensor4D>('AvgPool2DValidCount', { x }, window),
  backward: (dy, inputShape) => runKernel<Tensor4D>('AvgPool2DValidCountGrad', { dy }, { ...window, inputShape }),
};

/** 1 / (cells of the window around each output that lie inside), [1, OH, OW, 1]. */
function inverseCounts(height: number, width: number): Tensor {
  const along = (length: number): number[] =>
    Array.from({ length: outputSize(length) }, (_, i) => Math.min(2 * i + 2, length) - Math.max(2 * i - 1, 0));
  const [rows, columns] = [along(height), along(width)];
  return tensor(rows.flatMap((r) => columns.map((c) => 1 / (r * c))), [1, rows.length, columns.length, 1]);
}

const poolAttributes = { filterSize: [3, 3], strides: [2, 2], pad: 'valid' };
const margins = (length: number): [number, number] => [1, 2 * (outputSize(length) - 1) + 2 - length];

/**
 * Zero padding, then TensorFlow.js's unpadded pool (right, and its gradient too), times 9 / count.
 */
export const composedAveragePool: AveragePoolKernels = {
  forward(x) {
    const [, h, w] = x.shape;
    const padded = raw.pad(x, [[0, 0], margins(h), margins(w), [0, 0]]);
    const means = runKernel('AvgPool', { x: padded }, poolAttributes);
    return raw.mul(means, raw.scale(inverseCounts(h, w), 9)) as Tensor4D;
  },
  backward(dy, inputShape) {
    const [n, h, w, c] = inputShape;
    const weighted = raw.mul(dy, raw.scale(inverseCounts(h, w), 9));
    const [top, bottom] = margins(h);
    const [left, right] = margins(w);
    const paddedShape = [n, h + top + bottom, w + left + right, c];
    const dPadded = runKernel('AvgPoolGrad', { dy: weighted, input: raw.fill(paddedShape, 0) }, poolAttributes);
    return raw.slice(dPadded, [0, top, left, 0], [n, h, w, c]) as Tensor4D;
  },
};
