/** Transposed convolution: the adjoint of a strided convolution, with bias and activation. */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkInteger, checkOneOf } from '../../options.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { activateForward, activatePullback, type FusedActivation, fusedActivations } from '../activation/activation.js';
import { bareConvolution, weightsGradient } from '../conv2d/bilinear.js';
import { composedConv2d } from '../conv2d/composed.js';
import { fusedConv2d } from '../conv2d/fused.js';
import type { Conv2dKernels, Conv2dSettings } from '../conv2d/types.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import { choose } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** Options of `transposedConv2d`; all have a default. */
export interface TransposedConv2dOptions {
  /** Step between the places where neighbouring inputs are added, both axes. Default 1. */
  readonly stride?: number | undefined;
  /** Rows and columns that are cut off on all four sides. Default 0. */
  readonly padding?: number | undefined;
  /** Rows and columns added at the bottom and at the right, below `stride`. Default 0. */
  readonly outputPadding?: number | undefined;
  /** Applied to the output. Default none. */
  readonly activation?: FusedActivation | undefined;
}

/** All options, resolved. */
interface Settings {
  readonly stride: number;
  readonly padding: number;
  readonly outputPadding: number;
  readonly activation: FusedActivation;
}

/**
 * y = f(convᵀ(x) + bias): PyTorch's `ConvTranspose2d`, the adjoint of the convolution with the same weights, stride and zero padding.
 *
 * y[n, i s − p + u, j s − p + v, o] sums x[n, i, j, c] · weights[u, v, o, c] over i, j, u, v and c.
 *
 * @param x [N, H, W, C]
 * @param weights [kh, kw, O, C]: as of the convolution from O to C channels whose adjoint this is
 * @param bias [O], or undefined for none
 * @returns [N, OH, OW, O], OH = (H − 1) stride − 2 padding + kh + outputPadding, likewise OW
 * @throws ShapeError for channels that do not fit, or when the padding leaves nothing
 * @throws ArgumentError for an option out of range
 */
export function transposedConv2d(x: Tensor4D, weights: Tensor4D, bias: Tensor1D | undefined, options: TransposedConv2dOptions = {}): Tensor4D {
  return transposedConv2dBy(choose(fusedConv2d, composedConv2d), x, weights, bias, options);
}

/** The op by the gradients of a given convolution; `transposedConv2d` picks the best one of the backend in use. */
export function transposedConv2dBy(
  kernels: Conv2dKernels,
  x: Tensor4D,
  weights: Tensor4D,
  bias: Tensor1D | undefined,
  options: TransposedConv2dOptions = {},
): Tensor4D {
  const settings = resolve(options);
  const outputShape = outputShapeOf(x, weights, bias, settings);
  const { stride, padding: pad, activation } = settings;
  const adjoint: Conv2dSettings = { stride, pad, padMode: 'zero', upsample: 1, activation: 'none' };
  return differentiable<Tensor4D>({
    name: 'transposedConv2d',
    inputs: [x, weights, bias],
    forward: () => {
      // The kernels read the shape of the convolution's input, and none of its values.
      const shaped = raw.fill(outputShape, 0) as Tensor4D;
      const product: Tensor = kernels.backward(shaped, weights, x, x, adjoint, { x: true, weights: false, bias: false }).x as Tensor4D;
      return activateForward(bias === undefined ? product : raw.add(product, bias), activation) as Tensor4D;
    },
    pullback: ({ dy, output, needs }) => {
      const dz = activatePullback(dy, output, activation) as Tensor4D;
      const [, , outputs] = weights.shape;
      return [
        needs[0] === true ? bareConvolution(kernels, dz, weights, adjoint) : undefined,
        needs[1] === true ? weightsGradient(kernels, dz, weights, x, adjoint) : undefined,
        needs[2] === true ? prim.reshape(prim.sumTo(dz, [1, 1, 1, outputs]), [outputs]) : undefined,
      ];
    },
  });
}

function resolve({ stride = 1, padding = 0, outputPadding = 0, activation = 'none' }: TransposedConv2dOptions): Settings {
  checkInteger('transposedConv2d', 'stride', stride, 1);
  checkInteger('transposedConv2d', 'padding', padding, 0);
  checkInteger('transposedConv2d', 'outputPadding', outputPadding, 0);
  checkOneOf('transposedConv2d', 'activation', activation, fusedActivations);
  if (outputPadding >= stride) {
    throw new ArgumentError(`transposedConv2d: 'outputPadding' must be smaller than the stride of ${stride}, but it is ${outputPadding}.`);
  }
  return { stride, padding, outputPadding, activation };
}

function outputShapeOf(x: Tensor4D, weights: Tensor4D, bias: Tensor1D | undefined, { stride, padding, outputPadding }: Settings): [number, number, number, number] {
  checkRank('transposedConv2d', 'x', x, 4, '[N, H, W, C]');
  checkRank('transposedConv2d', 'weights', weights, 4, '[kh, kw, O, C]');
  const [n, h, w, c] = x.shape;
  const [kh, kw, outputs, inputs] = weights.shape;
  if (c !== inputs) {
    throw new ShapeError(`transposedConv2d: 'x' of shape ${formatShape(x.shape)} has ${c} channels, but 'weights' of shape ${formatShape(weights.shape)} take ${inputs}.`, {
      remedy: 'Give weights of shape [kh, kw, O, C] with the channels of x last.',
    });
  }
  if (bias !== undefined) checkShape('transposedConv2d', 'bias', bias, [outputs], 'one per output channel');
  const size = (length: number, kernel: number): number => (length - 1) * stride - 2 * padding + kernel + outputPadding;
  const [outHeight, outWidth] = [size(h, kh), size(w, kw)];
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(`transposedConv2d: a padding of ${padding} leaves nothing of an input of ${h}×${w} under a ${kh}×${kw} kernel at stride ${stride}.`, {
      remedy: 'Use a smaller padding, or a larger input.',
    });
  }
  return [n, outHeight, outWidth, outputs];
}
