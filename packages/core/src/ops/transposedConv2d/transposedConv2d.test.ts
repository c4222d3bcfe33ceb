import { describeOp, type Implementation, type OpCase } from '@munit/testing/contract';
import { defined, environment, need, pick } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { composedConv2d } from '../conv2d/composed.js';
import { fusedConv2d } from '../conv2d/fused.js';
import type { Conv2dKernels } from '../conv2d/types.js';
import { isAvailable } from '../shared/implementations.js';
import { transposedConv2dReference, type TransposedConv2dSettings } from './reference.js';
import { transposedConv2dBy, type TransposedConv2dOptions } from './transposedConv2d.js';

type Shape = readonly number[];

/** @param weights [kh, kw, O, C] */
function transposed(name: string, x: Shape, weights: Shape, options: TransposedConv2dOptions & { readonly bias?: boolean } = {}, tiny = false): OpCase<TransposedConv2dOptions> {
  const { bias = true, ...rest } = options;
  return { name, inputs: { x, weights, ...(bias ? { bias: [weights[2] as number] } : {}) }, options: rest, tiny };
}

/** The up-sampling of CycleGAN's residual generator, and that of the U-Net. */
const cycleGan = { stride: 2, padding: 1, outputPadding: 1 } as const;
const uNet = { stride: 2, padding: 1 } as const;

const cases = [
  transposed('1×1 image, 1×1 kernel', [1, 1, 1, 1], [1, 1, 1, 1], {}, true),
  transposed('1×1 image, 3×3 kernel, no padding', [2, 1, 1, 2], [3, 3, 3, 2], {}, true),
  transposed('stride 1 is a full correlation', [1, 4, 3, 2], [3, 3, 4, 2], { padding: 1, bias: false }),
  transposed('3×3 stride 2 with output padding, one pixel', [1, 1, 1, 3], [3, 3, 2, 3], cycleGan, true),
  transposed('3×3 stride 2 with output padding, odd and not square', [2, 3, 5, 4], [3, 3, 3, 4], { ...cycleGan, activation: 'relu' }, true),
  transposed('3×3 stride 2 without output padding', [1, 4, 3, 3], [3, 3, 5, 3], { stride: 2, padding: 1 }),
  transposed('4×4 stride 2, one pixel', [1, 1, 1, 5], [4, 4, 3, 5], uNet, true),
  transposed('4×4 stride 2, odd and not square', [2, 5, 3, 3], [4, 4, 5, 3], { ...uNet, activation: 'tanh' }, true),
  transposed('4×4 stride 2, as many channels as a block', [1, 4, 6, 8], [4, 4, 8, 8], { ...uNet, activation: 'lrelu', bias: false }),
  transposed('stride 3, rectangular kernel', [1, 3, 2, 2], [2, 5, 3, 2], { stride: 3, outputPadding: 2 }),
  transposed('a kernel smaller than the stride leaves gaps', [1, 3, 3, 2], [1, 1, 2, 2], { stride: 2 }),
  transposed('1×1 kernel, many channels', [2, 2, 3, 13], [1, 1, 17, 13], {}),
  // So large that blocked kernels leave edges.
  { ...transposed('larger 3×3', [1, 9, 11, 20], [3, 3, 12, 20], { ...cycleGan, activation: 'relu' }), finiteDifferences: false },
  { ...transposed('larger 4×4', [2, 9, 7, 12], [4, 4, 20, 12], uNet), finiteDifferences: false },
];

const resolved = ({ stride = 1, padding = 0, outputPadding = 0, activation = 'none' }: TransposedConv2dOptions): TransposedConv2dSettings => ({
  stride,
  padding,
  outputPadding,
  activation,
});

const by = (kernels: Conv2dKernels): Implementation<Tensor, TransposedConv2dOptions>['run'] => (inputs, options) =>
  transposedConv2dBy(kernels, need(inputs, 'x') as Tensor4D, need(inputs, 'weights') as Tensor4D, pick<Tensor1D>(inputs, 'bias'), options);

await describeOp(environment, {
  name: 'transposedConv2d',
  tolerance: 'product',
  reference: {
    forward: (inputs, options) => transposedConv2dReference.forward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options)),
    backward: (inputs, options, dy) =>
      defined({ ...transposedConv2dReference.backward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options), dy) }),
  },
  implementations: [
    { name: 'composed', run: by(composedConv2d), nonFinite: 'spreads' },
    { name: 'fused', run: by(fusedConv2d), isAvailable: () => isAvailable(fusedConv2d), nonFinite: 'spreads' },
  ],
  cases,
});
