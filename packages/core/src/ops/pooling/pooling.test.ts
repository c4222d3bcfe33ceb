import { describeOp, type Implementation, type OpCase, type OpContract } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { isAvailable } from '../shared/implementations.js';
import { averagePool2dBy, type AveragePoolKernels, composedAveragePool, fusedAveragePool } from './averagePool2d.js';
import { globalAveragePool } from './globalAveragePool.js';
import { composedMaxPool, fusedMaxPool, fusedMaxWindows, maxPool2dBy, type MaxPoolKernels } from './maxPool2d.js';
import { composedOverlappingMaxPool } from './overlapping.js';
import { type AverageSettings, averagePool2dReference, discriminatorWindow, globalAveragePoolReference, maxPool2dReference, type MaxSettings } from './reference.js';

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

const maximum = (x: readonly number[], settings: Partial<MaxSettings> = {}, tiny = false): OpCase<MaxSettings> => ({
  name: `${x.join('×')} ${JSON.stringify(settings)}`,
  inputs: { x },
  options: { size: 2, stride: 2, padding: 0, partial: false, ...settings },
  tiny,
});

const maxBy = (kernels: MaxPoolKernels): Implementation<Tensor, MaxSettings>['run'] => (inputs, settings) => maxPool2dBy(kernels, need(inputs, 'x') as Tensor4D, settings);

const maxReference: OpContract<Tensor, MaxSettings>['reference'] = {
  forward: (inputs, settings) => maxPool2dReference.forward(need(inputs, 'x'), settings),
  backward: (inputs, settings, dy) => ({ x: maxPool2dReference.backward(need(inputs, 'x'), dy, settings) }),
};

await describeOp<Tensor, MaxSettings>(environment, {
  name: 'maxPool2d of windows side by side',
  tolerance: 'exact',
  reference: maxReference,
  implementations: [
    { name: 'composed', run: maxBy(composedMaxPool) },
    { name: 'fused', run: maxBy(fusedMaxPool), isAvailable: () => isAvailable(fusedMaxPool) },
    { name: 'fused windows', run: maxBy(fusedMaxWindows), isAvailable: () => isAvailable(fusedMaxWindows) },
  ],
  cases: [
    maximum([1, 2, 2, 1], {}, true),
    maximum([2, 4, 6, 3], {}, true),
    maximum([1, 5, 7, 5], {}, true),
    maximum([1, 16, 14, 8]),
    {
      ...maximum([1, 2, 6, 1], {}, true),
      // As relu leaves them: all equal, or the largest twice.
      name: 'ties go to the first',
      inputs: { x: { shape: [1, 2, 6, 1], data: Float64Array.of(0, 0, 1, 2, 3, 3, 0, 0, 2, 2, 3, 1) } },
      finiteDifferences: false,
    },
  ],
});

await describeOp<Tensor, MaxSettings>(environment, {
  name: 'maxPool2d of windows that overlap or reach out',
  // A value may be the largest of several windows, whose gradients are added.
  tolerance: 'elementwise',
  reference: maxReference,
  implementations: [
    { name: 'composed', run: maxBy(composedOverlappingMaxPool) },
    { name: 'fused windows', run: maxBy(fusedMaxWindows), isAvailable: () => isAvailable(fusedMaxWindows) },
  ],
  cases: [
    // AlexNet's and Inception's.
    maximum([1, 3, 3, 1], { size: 3 }, true),
    maximum([2, 4, 6, 3], { size: 3 }, true),
    maximum([1, 5, 7, 5], { size: 3 }, true),
    maximum([1, 15, 14, 8], { size: 3 }),
    // SqueezeNet's: where 3×3 windows at stride 2 leave a rest, the last one is partial.
    maximum([1, 4, 5, 3], { size: 3, partial: true }, true),
    maximum([2, 6, 8, 4], { size: 3, partial: true }),
    maximum([1, 5, 7, 2], { size: 3, partial: true }),
    // pytorch-fid's last block.
    maximum([2, 3, 4, 3], { size: 3, stride: 1, padding: 1 }, true),
    maximum([1, 1, 1, 2], { size: 3, stride: 1, padding: 1 }, true),
    maximum([1, 7, 6, 4], { size: 4, stride: 3, padding: 2, partial: true }),
    maximum([1, 4, 5, 2], { size: 1, stride: 2 }),
    {
      ...maximum([1, 3, 5, 1], { size: 3 }, true),
      name: 'ties go to the first',
      inputs: { x: { shape: [1, 3, 5, 1], data: Float64Array.of(0, 0, 1, 2, 3, 3, 0, 0, 2, 2, 3, 1, 3, 3, 3) } },
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
