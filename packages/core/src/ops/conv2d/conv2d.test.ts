import { describeOp, type Implementation, type OpCase } from '@munit/testing/contract';
import { defined, environment, need, pick } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { composedConv2d } from './composed.js';
import { conv2dBy, type Conv2dKernels, type Conv2dOptions, type Conv2dSettings } from './conv2d.js';
import { conv2dReference } from './reference.js';
import { isAvailable } from '../shared/implementations.js';
import { fusedConv2d } from './fused.js';

type Shape = readonly number[];

function conv(
  name: string,
  x: Shape,
  weights: Shape,
  options: Conv2dOptions & { readonly bias?: boolean } = {},
  tiny = false,
): OpCase<Conv2dOptions> {
  const { bias = true, ...rest } = options;
  return { name, inputs: { x, weights, ...(bias ? { bias: [weights[3] as number] } : {}) }, options: rest, tiny };
}

const reflect = (size: number) => ({ mode: 'reflect', size }) as const;
const replicate = (size: number) => ({ mode: 'replicate', size }) as const;
const zero = (size: number) => ({ mode: 'zero', size }) as const;

const cases = [
  conv('1×1 image, 1×1 kernel', [1, 1, 1, 1], [1, 1, 1, 1], {}, true),
  conv('1×1 image under a 3×3 kernel, zero', [1, 1, 1, 2], [3, 3, 2, 3], { pad: zero(1) }),
  conv('1×1 image under a 3×3 kernel, replicate', [2, 1, 1, 2], [3, 3, 2, 3], { pad: replicate(1) }, true),
  conv('2×2 image, reflect 1', [1, 2, 2, 3], [3, 3, 3, 5], { pad: reflect(1), activation: 'relu' }),
  conv('no padding, no bias, valid 3×3', [2, 5, 7, 3], [3, 3, 3, 5], { bias: false }),
  conv('3×3 reflect relu, odd and not square', [2, 7, 5, 3], [3, 3, 3, 5], { pad: reflect(1), activation: 'relu' }, true),
  conv('3×3 zero lrelu, as many channels as a block', [1, 9, 10, 8], [3, 3, 8, 8], { pad: zero(1), activation: 'lrelu' }),
  conv('3×3 replicate tanh, batch 3', [3, 6, 9, 5], [3, 3, 5, 4], { pad: replicate(1), activation: 'tanh' }),
  conv('4×4 stride 2 reflect', [2, 9, 10, 3], [4, 4, 3, 5], { stride: 2, pad: reflect(1), activation: 'lrelu' }, true),
  conv('4×4 stride 2 zero, even', [1, 8, 12, 4], [4, 4, 4, 8], { stride: 2, pad: zero(1), activation: 'relu' }),
  conv('4×4 stride 2 replicate', [1, 7, 6, 3], [4, 4, 3, 5], { stride: 2, pad: replicate(1) }),
  conv('7×7 reflect 3, smallest image', [1, 4, 4, 3], [7, 7, 3, 4], { pad: reflect(3) }),
  conv('7×7 reflect 3, no bias', [1, 10, 9, 3], [7, 7, 3, 5], { pad: reflect(3), activation: 'tanh', bias: false }),
  conv('5×5 reflect after doubling', [1, 5, 4, 4], [5, 5, 4, 3], { pad: reflect(2), upsample: 2, activation: 'relu' }),
  conv('5×5 zero after doubling, batch 2', [2, 3, 5, 5], [5, 5, 5, 3], { pad: zero(2), upsample: 2 }),
  conv('5×5 replicate after doubling', [1, 4, 3, 3], [5, 5, 3, 8], { pad: replicate(2), upsample: 2 }),
  conv('5×5 reflect after doubling a 2×2 image', [1, 2, 2, 3], [5, 5, 3, 2], { pad: reflect(2), upsample: 2 }, true),
  conv('3×3 after doubling', [1, 4, 5, 3], [3, 3, 3, 4], { pad: reflect(1), upsample: 2 }),
  conv('doubling and stride', [1, 4, 4, 3], [4, 4, 3, 4], { pad: zero(1), upsample: 2, stride: 2 }),
  conv('stride 3 leaves a rest', [1, 9, 8, 1], [3, 3, 1, 2], { stride: 3, pad: reflect(1) }),
  conv('rectangular kernel', [1, 6, 5, 2], [1, 3, 2, 3], {}),
  conv('1×1 kernel, many channels', [2, 3, 3, 17], [1, 1, 17, 13], {}),
  // So large that blocked kernels leave edges.
  ...[
    conv('larger 3×3', [1, 18, 21, 12], [3, 3, 12, 20], { pad: reflect(1), activation: 'relu' }),
    conv('larger doubling', [1, 9, 11, 12], [5, 5, 12, 10], { pad: reflect(2), upsample: 2 }),
  ].map((large) => ({ ...large, finiteDifferences: false })),
];

const resolved = ({ stride = 1, pad, upsample = 1, activation = 'none' }: Conv2dOptions): Conv2dSettings => ({
  stride,
  padMode: pad?.mode ?? 'zero',
  pad: pad?.size ?? 0,
  upsample,
  activation,
});

const by = (kernels: Conv2dKernels): Implementation<Tensor, Conv2dOptions>['run'] => (inputs, options) =>
  conv2dBy(kernels, need(inputs, 'x') as Tensor4D, need(inputs, 'weights') as Tensor4D, pick<Tensor1D>(inputs, 'bias'), options);

await describeOp(environment, {
  name: 'conv2d',
  tolerance: 'product',
  reference: {
    forward: (inputs, options) => conv2dReference.forward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options)),
    backward: (inputs, options, dy) =>
      defined({ ...conv2dReference.backward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options), dy) }),
  },
  implementations: [
    { name: 'composed', run: by(composedConv2d) },
    // Winograd's transforms and phase sums mix neighbours: a NaN spreads within its tile, and ∞ − ∞ is NaN.
    { name: 'fused', run: by(fusedConv2d), isAvailable: () => isAvailable(fusedConv2d), nonFinite: 'spreads' },
  ],
  cases,
});
