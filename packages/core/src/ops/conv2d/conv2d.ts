/** Convolution with padding, upsampling, bias and activation in one op. */
import { differentiable } from '../../autodiff/tape.js';
import { ShapeError } from '../../errors/index.js';
import { checkInteger, checkOneOf } from '../../options.js';
import type { Tensor1D, Tensor4D } from '../../tfjs.js';
import { activatePullback, fusedActivations } from '../activation/activation.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import { choose } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import { inputGradient, weightsGradient } from './bilinear.js';
import { composedConv2d } from './composed.js';
import { fusedConv2d } from './fused.js';
import type { Conv2dKernels, Conv2dOptions, Conv2dSettings } from './types.js';

export type { Conv2dKernels, Conv2dOptions, Conv2dSettings, PadMode } from './types.js';

/**
 * y = f(conv(pad(upsample(x)), weights) + bias): the cross-correlation that PyTorch calls convolution.
 *
 * y[n, i, j, o] = f(bias[o] + Σ_{u, v, c} p[n, i s + u, j s + v, c] · weights[u, v, c, o]) with p the upsampled and padded x.
 *
 * @param x [N, H, W, C]
 * @param weights [kh, kw, C, O]
 * @param bias [O], or undefined for none
 * @returns [N, OH, OW, O], OH = ⌊(up·H + 2 pad − kh) / stride⌋ + 1, likewise OW
 * @throws ShapeError for unfitting channels, a kernel larger than the padded input, or a reflect padding not smaller than the input
 * @throws ArgumentError for a stride, padding or name out of range
 */
export function conv2d(x: Tensor4D, weights: Tensor4D, bias: Tensor1D | undefined, options: Conv2dOptions = {}): Tensor4D {
  return conv2dBy(choose(fusedConv2d, composedConv2d), x, weights, bias, options);
}

/** The op by a given implementation; `conv2d` picks the best one of the backend in use. */
export function conv2dBy(
  kernels: Conv2dKernels,
  x: Tensor4D,
  weights: Tensor4D,
  bias: Tensor1D | undefined,
  options: Conv2dOptions = {},
): Tensor4D {
  const parameters = resolve(options);
  conv2dOutputShape(x, weights, bias, parameters);
  return differentiable<Tensor4D>({
    name: 'conv2d',
    inputs: [x, weights, bias],
    forward: () => kernels.forward(x, weights, bias, parameters),
    backward: ({ dy, output, needs }) => {
      const gradients = kernels.backward(x, weights, dy, output, parameters, {
        x: needs[0] === true,
        weights: needs[1] === true,
        bias: needs[2] === true,
      });
      return [gradients.x, gradients.weights, gradients.bias];
    },
    pullback: ({ dy, output, needs }) => {
      const dz = activatePullback(dy, output, parameters.activation) as Tensor4D;
      const bare: Conv2dSettings = { ...parameters, activation: 'none' };
      const [, , , channels] = weights.shape;
      return [
        needs[0] === true ? inputGradient(kernels, x, weights, dz, bare) : undefined,
        needs[1] === true ? weightsGradient(kernels, x, weights, dz, bare) : undefined,
        needs[2] === true ? prim.reshape(prim.sumTo(dz, [1, 1, 1, channels]), [channels]) : undefined,
      ];
    },
  });
}

function resolve({ stride = 1, pad, upsample = 1, activation = 'none' }: Conv2dOptions): Conv2dSettings {
  checkInteger('conv2d', 'stride', stride, 1);
  checkOneOf('conv2d', 'upsample', upsample, [1, 2]);
  checkOneOf('conv2d', 'activation', activation, fusedActivations);
  if (pad !== undefined) {
    checkInteger('conv2d', 'pad.size', pad.size, 0);
    checkOneOf('conv2d', 'pad.mode', pad.mode, ['reflect', 'replicate', 'zero']);
  }
  return { stride, padMode: pad?.mode ?? 'zero', pad: pad?.size ?? 0, upsample, activation };
}

/** The shape of the result. @throws ShapeError when the inputs do not fit together. */
export function conv2dOutputShape(
  x: Tensor4D,
  weights: Tensor4D,
  bias: Tensor1D | undefined,
  { stride, pad, padMode, upsample }: Conv2dSettings,
): [number, number, number, number] {
  checkRank('conv2d', 'x', x, 4, '[N, H, W, C]');
  checkRank('conv2d', 'weights', weights, 4, '[kh, kw, C, O]');
  const [n, h, w, c] = x.shape;
  const [kh, kw, inChannels, outChannels] = weights.shape;
  if (c !== inChannels) {
    throw new ShapeError(`conv2d: 'x' of shape ${formatShape(x.shape)} has ${c} channels, but 'weights' of shape ${formatShape(weights.shape)} take ${inChannels}.`, {
      remedy: 'Give an image with the channels that the network was made for (input_dim_a, input_dim_b).',
    });
  }
  if (bias !== undefined) checkShape('conv2d', 'bias', bias, [outChannels], 'one per output channel');
  if (padMode === 'reflect' && pad > 0 && (pad >= h * upsample || pad >= w * upsample)) {
    throw new ShapeError(`conv2d: a reflect padding of ${pad} needs an input larger than ${pad}×${pad}, but it is ${h * upsample}×${w * upsample}.`, {
      remedy: 'Use a larger image, or fewer downsampling layers.',
    });
  }
  const outHeight = Math.floor((h * upsample + 2 * pad - kh) / stride) + 1;
  const outWidth = Math.floor((w * upsample + 2 * pad - kw) / stride) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(`conv2d: a ${kh}×${kw} kernel does not fit into an input of ${h * upsample}×${w * upsample} padded by ${pad}.`, {
      remedy: 'Use a larger image, or fewer downsampling layers.',
    });
  }
  return [n, outHeight, outWidth, outChannels];
}
