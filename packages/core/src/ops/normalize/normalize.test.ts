import { describeOp, type Implementation, type OpCase } from '@munit/testing/contract';
import { randomArray } from '@munit/testing';
import { environment, need, pick } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { composedNormalize } from './composed.js';
import { normalizeBy, type NormalizeKernels } from './normalize.js';
import { type NormalizeInputs, normalizeReference, type NormalizeSettings } from './reference.js';
import { isAvailable } from '../shared/implementations.js';
import { fusedNormalize } from './fused.js';

type Affine = 'none' | 'channel' | 'sample' | 'scale only' | 'shift only';

function norm(
  name: string,
  x: readonly [number, number, number, number],
  settings: Partial<NormalizeSettings> & { readonly affine?: Affine; readonly residual?: boolean },
  tiny = false,
): OpCase<NormalizeSettings> {
  const { affine = 'none', residual = false, over = 'instance', activation = 'none', epsilon = 1e-5 } = settings;
  const affineShape = affine === 'sample' ? [x[0], x[3]] : [x[3]];
  const inputs = {
    x,
    ...(affine === 'none' || affine === 'shift only' ? {} : { scale: affineShape }),
    ...(affine === 'none' || affine === 'scale only' ? {} : { shift: affineShape }),
    ...(residual ? { residual: x } : {}),
  };
  return { name, inputs, options: { over, activation, epsilon }, tiny };
}

const constant = (shape: readonly number[]) => ({ shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(0.75) });

const cases: readonly OpCase<NormalizeSettings>[] = [
  norm('instance, plain', [2, 5, 3, 3], {}, true),
  // One value is its own mean: the true gradient is 0, the difference of two terms of dy / √ε.
  { ...norm('instance of one pixel', [2, 1, 1, 3], { affine: 'channel' }, true), scaleFloor: 316 },
  // The true gradient all but vanishes: two values become ±1 whatever they are.
  { ...norm('instance of two pixels', [1, 1, 2, 1], {}), scaleFloor: 1 },
  norm('instance relu', [1, 7, 6, 5], { activation: 'relu' }, true),
  norm('instance, affine per channel, lrelu', [3, 4, 5, 5], { affine: 'channel', activation: 'lrelu' }),
  norm('AdaIN relu', [2, 4, 5, 3], { affine: 'sample', activation: 'relu' }, true),
  norm('AdaIN and residual', [2, 5, 4, 8], { affine: 'sample', residual: true }, true),
  norm('AdaIN tanh', [3, 3, 3, 5], { affine: 'sample', activation: 'tanh' }),
  norm('instance residual after relu', [1, 5, 5, 4], { activation: 'relu', residual: true }),
  norm('instance, scale only', [1, 4, 4, 3], { affine: 'scale only' }),
  norm('instance, shift only', [1, 4, 4, 3], { affine: 'shift only', activation: 'lrelu' }),
  norm('instance, large epsilon', [1, 4, 4, 3], { epsilon: 0.1 }),
  norm('layer, plain', [2, 3, 5, 3], { over: 'layer' }, true),
  norm('layer, affine, relu', [1, 6, 7, 5], { over: 'layer', affine: 'channel', activation: 'relu' }, true),
  norm('layer, batch 3, affine, lrelu, residual', [3, 4, 5, 4], { over: 'layer', affine: 'channel', activation: 'lrelu', residual: true }),
  { ...norm('layer of two values', [1, 1, 2, 1], { over: 'layer' }), scaleFloor: 1 },
  norm('layer, affine per sample', [2, 3, 3, 4], { over: 'layer', affine: 'sample', activation: 'tanh' }),
  norm('layer, larger', [1, 19, 17, 9], { over: 'layer', affine: 'channel' }),
  norm('batch, plain', [3, 3, 4, 3], { over: 'batch' }, true),
  norm('batch, affine, relu', [2, 5, 5, 4], { over: 'batch', affine: 'channel', activation: 'relu' }),
  norm('batch, residual', [2, 3, 5, 5], { over: 'batch', affine: 'channel', activation: 'tanh', residual: true }),
  norm('instance, larger', [1, 33, 29, 12], { activation: 'relu' }),
  {
    // A mean a thousand times the deviation: E[x²] − E[x]² would lose every digit. A float32 mean of 500 is good to a few times
    // the spacing there, 3e-5, which is a thousandth of the deviation at worst.
    name: 'instance far from zero',
    inputs: { x: randomArray([1, 8, 8, 2], { seed: 5, scale: 0.5, shift: 500 }) },
    options: { over: 'instance', activation: 'none', epsilon: 1e-5 },
    scaleFloor: 150,
  },
  {
    // The published layer norm has a NaN gradient here; ours is finite. A kink: differences say nothing.
    name: 'layer of a constant map',
    inputs: { x: constant([2, 3, 4, 2]), scale: [2], shift: [2] },
    options: { over: 'layer', activation: 'none', epsilon: 1e-5 },
    finiteDifferences: false,
  },
  {
    name: 'instance of a constant map',
    inputs: { x: constant([1, 4, 4, 2]) },
    options: { over: 'instance', activation: 'none', epsilon: 1e-5 },
  },
];

const referenceInputs = (inputs: Readonly<Record<string, NormalizeInputs['x']>>): NormalizeInputs => ({
  x: need(inputs, 'x'),
  scale: inputs['scale'],
  shift: inputs['shift'],
  residual: inputs['residual'],
});

const by = (kernels: NormalizeKernels): Implementation<Tensor, NormalizeSettings>['run'] => (inputs, settings) =>
  normalizeBy(kernels, need(inputs, 'x') as Tensor4D, {
    ...settings,
    scale: pick<Tensor1D>(inputs, 'scale'),
    shift: pick<Tensor1D>(inputs, 'shift'),
    residual: pick<Tensor4D>(inputs, 'residual'),
  });

await describeOp(environment, {
  name: 'normalize',
  tolerance: 'normalization',
  reference: {
    forward: (inputs, settings) => normalizeReference.forward(referenceInputs(inputs), settings),
    backward: (inputs, settings, dy) => ({ ...normalizeReference.backward(referenceInputs(inputs), settings, dy) }),
  },
  implementations: [
    { name: 'composed', run: by(composedNormalize) },
    { name: 'fused', run: by(fusedNormalize), isAvailable: () => isAvailable(fusedNormalize) },
  ],
  cases,
});
