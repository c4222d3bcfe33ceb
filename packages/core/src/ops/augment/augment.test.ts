import { describeOp } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { blendWithMean, maskImages, mirrorImages, shiftBrightness, translateImages } from './augment.js';
import { blendWithMeanReference, maskImagesReference, mirrorImagesReference, shiftBrightnessReference, translateImagesReference } from './reference.js';

const x = (inputs: Readonly<Record<string, Tensor>>): Tensor4D => need(inputs, 'x') as Tensor4D;

await describeOp<Tensor, readonly number[]>(environment, {
  name: 'shiftBrightness',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs, by) => shiftBrightnessReference.forward(need(inputs, 'x'), by),
    backward: (_, __, dy) => ({ x: shiftBrightnessReference.backward(dy) }),
  },
  implementations: [{ name: 'shiftBrightness', run: (inputs, by) => shiftBrightness(x(inputs), by) }],
  cases: [
    { name: 'one sample', inputs: { x: [1, 1, 1, 1] }, options: [0.5], tiny: true },
    { name: 'three samples', inputs: { x: [3, 3, 5, 3] }, options: [0.5, -0.25, 0], tiny: true },
  ],
});

await describeOp<Tensor, { readonly over: 'pixel' | 'sample'; readonly factors: readonly number[] }>(environment, {
  name: 'blendWithMean',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, { over, factors }) => blendWithMeanReference(need(inputs, 'x'), over, factors),
    backward: (_, { over, factors }, dy) => ({ x: blendWithMeanReference(dy, over, factors) }),
  },
  implementations: [{ name: 'blendWithMean', run: (inputs, { over, factors }) => blendWithMean(x(inputs), over, factors) }],
  cases: [
    { name: 'saturation', inputs: { x: [2, 3, 5, 3] }, options: { over: 'pixel', factors: [1.5, 0.25] }, tiny: true },
    { name: 'contrast', inputs: { x: [2, 3, 5, 3] }, options: { over: 'sample', factors: [0.5, 2] }, tiny: true },
    { name: 'one channel', inputs: { x: [1, 4, 4, 1] }, options: { over: 'pixel', factors: [0] } },
  ],
});

await describeOp<Tensor, { readonly rows: readonly number[]; readonly columns: readonly number[] }>(environment, {
  name: 'translateImages',
  tolerance: 'exact',
  reference: {
    forward: (inputs, { rows, columns }) => translateImagesReference(need(inputs, 'x'), rows, columns),
    backward: (_, { rows, columns }, dy) => ({ x: translateImagesReference(dy, rows.map((r) => -r), columns.map((c) => -c)) }),
  },
  implementations: [{ name: 'translateImages', run: (inputs, { rows, columns }) => translateImages(x(inputs), rows, columns) }],
  cases: [
    { name: 'one sample', inputs: { x: [1, 3, 4, 1] }, options: { rows: [1], columns: [-2] }, tiny: true },
    { name: 'each its own way', inputs: { x: [4, 5, 4, 3] }, options: { rows: [0, 4, -1, -4], columns: [0, 1, 3, -3] }, tiny: true },
  ],
});

await describeOp<Tensor, readonly boolean[]>(environment, {
  name: 'mirrorImages',
  tolerance: 'exact',
  reference: {
    forward: (inputs, mirrored) => mirrorImagesReference(need(inputs, 'x'), mirrored),
    backward: (_, mirrored, dy) => ({ x: mirrorImagesReference(dy, mirrored) }),
  },
  implementations: [{ name: 'mirrorImages', run: (inputs, mirrored) => mirrorImages(x(inputs), mirrored) }],
  cases: [
    { name: 'one sample', inputs: { x: [1, 2, 4, 1] }, options: [true], tiny: true },
    { name: 'one column', inputs: { x: [1, 3, 1, 2] }, options: [true] },
    { name: 'some of several', inputs: { x: [4, 3, 5, 3] }, options: [true, false, false, true], tiny: true },
  ],
});

await describeOp<Tensor, undefined>(environment, {
  name: 'maskImages',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs) => maskImagesReference(need(inputs, 'x'), need(inputs, 'mask')),
    backward: (inputs, _, dy) => ({ x: maskImagesReference(dy, need(inputs, 'mask')) }),
  },
  implementations: [{ name: 'maskImages', run: (inputs) => maskImages(x(inputs), need(inputs, 'mask') as Tensor4D) }],
  cases: [{ name: 'two samples', inputs: { x: [2, 3, 5, 3], mask: [2, 3, 5, 1] }, options: undefined, tiny: true }],
});
