import { describeOp, type Implementation, type OpCase } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { isAvailable } from '../shared/implementations.js';
import { averagePool2dBy, type AveragePoolKernels, composedAveragePool, fusedAveragePool } from './averagePool2d.js';
import { globalAveragePool } from './globalAveragePool.js';
import { composedMaxPool, composedMaxPool3, fusedMaxPool, maxPool2dBy } from './maxPool2d.js';
import { type AverageSettings, averagePool2dReference, discriminatorWindow, globalAveragePoolReference, maxPool2dReference } from './reference.js';

const image = (x: readonly number[], tiny = false) => ({ name: x.join('×'), inputs: { x }, options: undefined, tiny });

const by = (kernels: AveragePoolKernels): Implementation<Tensor, AverageSettings>['run'] => (inputs, settings) =>
  averagePool2dBy(kernels, need(inputs, 'x') as Tensor4D, settings);

const averaged = (x: readonly number[], settings: Partial<AverageSettings> = {}, tiny = false): OpCase<AverageSettings> => ({
  name: `${x.join('×')}${Object.keys(settings).length === 0 ? '' : ` ${JSON.stringify(settings)}`}`,
  inputs: { x },
  options: { ...discriminatorWindow, ...settings },
  tiny,
});

await describeOp<Tensor, AverageSettings>(environment, {
  name: 'averagePool2d',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, settings) => averagePool2dReference.forward(need(inputs, 'x'), settings),
    backward: (inputs, settings, dy) => ({ x: averagePool2dReference.backward(need(inputs, 'x'), dy, settings) }),
  },
  implementations: [
    { name: 'composed', run: by(composedAveragePool) },
    { name: 'fused', run: by(fusedAveragePool), isAvailable: () => isAvailable(fusedAveragePool) },
  ],
  cases: [
    averaged([1, 1, 1, 1], {}, true),
    averaged([1, 2, 2, 3], {}, true),
    averaged([1, 1, 5, 2]),
    averaged([2, 3, 4, 3], {}, true),
    averaged([1, 7, 6, 5], {}, true),
    averaged([3, 9, 9, 1]),
    averaged([1, 33, 32, 3]),
    averaged([2, 4, 6, 3], { countIncludePad: true }, true),
    averaged([1, 5, 7, 4], { countIncludePad: true }),
    // Inception's, with the border and without.
    averaged([1, 4, 5, 4], { stride: 1, countIncludePad: true }, true),
    averaged([1, 4, 5, 4], { stride: 1 }, true),
    // BicycleGAN's residual encoder.
    averaged([2, 4, 7, 5], { size: 2, padding: 0 }, true),
    averaged([1, 8, 8, 3], { size: 8, stride: 8, padding: 0 }),
    averaged([1, 7, 5, 2], { size: 4, stride: 3, padding: 2 }),
  ],
});

await describeOp<Tensor, undefined>(environment, {
  name: 'maxPool2d',
  tolerance: 'exact',
  reference: {
    forward: (inputs) => maxPool2dReference.forward(need(inputs, 'x'), 2),
    backward: (inputs, _, dy) => ({ x: maxPool2dReference.backward(need(inputs, 'x'), dy, 2) }),
  },
  implementations: [
    { name: 'composed', run: (inputs) => maxPool2dBy(composedMaxPool, need(inputs, 'x') as Tensor4D) },
    { name: 'fused', run: (inputs) => maxPool2dBy(fusedMaxPool, need(inputs, 'x') as Tensor4D), isAvailable: () => isAvailable(fusedMaxPool) },
  ],
  cases: [
    image([1, 2, 2, 1], true),
    image([2, 4, 6, 3], true),
    image([1, 5, 7, 5], true),
    image([1, 16, 14, 8]),
    {
      // As relu leaves them: all equal, or the largest twice.
      name: 'ties go to the first',
      inputs: { x: { shape: [1, 2, 6, 1], data: Float64Array.of(0, 0, 1, 2, 3, 3, 0, 0, 2, 2, 3, 1) } },
      options: undefined,
      tiny: true,
      finiteDifferences: false,
    },
  ],
});

await describeOp<Tensor, undefined>(environment, {
  name: 'maxPool2d of 3×3',
  secondDerivatives: false,
  // A value may be the largest of four windows, whose gradients are added.
  tolerance: 'elementwise',
  reference: {
    forward: (inputs) => maxPool2dReference.forward(need(inputs, 'x'), 3),
    backward: (inputs, _, dy) => ({ x: maxPool2dReference.backward(need(inputs, 'x'), dy, 3) }),
  },
  implementations: [{ name: 'composed', run: (inputs) => maxPool2dBy(composedMaxPool3, need(inputs, 'x') as Tensor4D, 3) }],
  cases: [
    image([1, 3, 3, 1], true),
    image([2, 4, 6, 3], true),
    image([1, 5, 7, 5], true),
    image([1, 15, 14, 8]),
    {
      name: 'ties go to the first',
      inputs: { x: { shape: [1, 3, 5, 1], data: Float64Array.of(0, 0, 1, 2, 3, 3, 0, 0, 2, 2, 3, 1, 3, 3, 3) } },
      options: undefined,
      tiny: true,
      finiteDifferences: false,
    },
  ],
});

await describeOp<Tensor, undefined>(environment, {
  name: 'globalAveragePool',
  tolerance: 'reduction',
  reference: {
    forward: (inputs) => globalAveragePoolReference.forward(need(inputs, 'x')),
    backward: (inputs, _, dy) => ({ x: globalAveragePoolReference.backward(need(inputs, 'x'), dy) }),
  },
  implementations: [{ name: 'globalAveragePool', run: (inputs) => globalAveragePool(need(inputs, 'x') as Tensor4D) }],
  cases: [image([1, 1, 1, 1], true), image([2, 5, 3, 5], true), image([3, 8, 9, 4]), image([1, 31, 33, 3])],
});
