import { describeOp, type OpCase } from '@munit/testing/contract';
import { expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { blurPool2dBy, blurSizes } from './blurPool2d.js';
import { pad2dBy, type Pad2dOptions } from './pad2d.js';
import { blurPool2dReference, pad2dReference, resizeBilinear2dReference, type ResizeSettings } from './reference.js';
import { composedResample, resizeBilinear2dBy } from './resample.js';

const doubled = (x: readonly [number, number, number, number], alignCorners: boolean, tiny = false): OpCase<ResizeSettings> => ({
  name: `${x.join('×')} doubled${alignCorners ? ', corners aligned' : ''}`,
  inputs: { x },
  options: { height: 2 * x[1], width: 2 * x[2], alignCorners },
  tiny,
});

await describeOp<Tensor, ResizeSettings>(environment, {
  name: 'resizeBilinear2d',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, settings) => resizeBilinear2dReference.forward(need(inputs, 'x'), settings),
    backward: (inputs, settings, dy) => ({ x: resizeBilinear2dReference.backward(need(inputs, 'x'), settings, dy) }),
  },
  implementations: [{ name: 'composed', run: (inputs, settings) => resizeBilinear2dBy(composedResample, need(inputs, 'x') as Tensor4D, settings) }],
  cases: [
    ...[false, true].flatMap((alignCorners) => [
      doubled([1, 1, 1, 1], alignCorners, true),
      doubled([1, 1, 2, 3], alignCorners),
      doubled([2, 3, 5, 3], alignCorners, true),
      doubled([1, 4, 3, 8], alignCorners),
    ]),
    { name: 'smaller', inputs: { x: [1, 7, 9, 3] }, options: { height: 3, width: 4, alignCorners: false }, tiny: true },
    { name: 'smaller, corners aligned', inputs: { x: [1, 7, 9, 3] }, options: { height: 3, width: 4, alignCorners: true } },
    { name: 'to one pixel', inputs: { x: [2, 4, 5, 2] }, options: { height: 1, width: 1, alignCorners: true } },
    { name: 'higher and narrower', inputs: { x: [1, 5, 8, 2] }, options: { height: 11, width: 3, alignCorners: false } },
    { name: 'the same size', inputs: { x: [1, 3, 4, 2] }, options: { height: 3, width: 4, alignCorners: false } },
  ],
});

await describeOp<Tensor, Pad2dOptions>(environment, {
  name: 'pad2d',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, options) => pad2dReference.forward(need(inputs, 'x'), options),
    backward: (inputs, options, dy) => ({ x: pad2dReference.backward(need(inputs, 'x'), options, dy) }),
  },
  implementations: [{ name: 'composed', run: (inputs, options) => pad2dBy(composedResample, need(inputs, 'x') as Tensor4D, options) }],
  cases: [
    ...(['reflect', 'replicate', 'zero'] as const).flatMap((mode) => [
      { name: `${mode}, rows and columns`, inputs: { x: [2, 3, 5, 3] }, options: { mode, rows: 2, columns: 1 }, tiny: true },
      { name: `${mode}, columns alone`, inputs: { x: [1, 2, 4, 4] }, options: { mode, rows: 0, columns: 3 } },
    ]),
    { name: 'one pixel, replicated', inputs: { x: [1, 1, 1, 1] }, options: { mode: 'replicate', rows: 2, columns: 2 }, tiny: true },
    { name: 'one pixel, among zeros', inputs: { x: [1, 1, 1, 2] }, options: { mode: 'zero', rows: 1, columns: 1 } },
    { name: 'no border', inputs: { x: [1, 2, 3, 2] }, options: { mode: 'reflect', rows: 0, columns: 0 } },
  ],
});

await describeOp<Tensor, (typeof blurSizes)[number]>(environment, {
  name: 'blurPool2d',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, size) => blurPool2dReference.forward(need(inputs, 'x'), size),
    backward: (inputs, size, dy) => ({ x: blurPool2dReference.backward(need(inputs, 'x'), size, dy) }),
  },
  implementations: [{ name: 'composed', run: (inputs, size) => blurPool2dBy(composedResample, need(inputs, 'x') as Tensor4D, { size }) }],
  cases: [
    ...blurSizes.map((size) => ({ name: `a blur of ${size}, odd and not square`, inputs: { x: [2, 5, 6, 3] }, options: size, tiny: size === 3 })),
    { name: 'the smallest image', inputs: { x: [1, 2, 2, 1] }, options: 3, tiny: true },
    { name: 'as many channels as a block', inputs: { x: [1, 8, 7, 8] }, options: 4 },
  ],
});

test('the reference interpolates as PyTorch documents it', () => {
  // torch.nn.Upsample's documentation: [[1, 2], [3, 4]] doubled, without and with align_corners.
  const x = { shape: [1, 2, 2, 1], data: Float64Array.of(1, 2, 3, 4) };
  const plain = resizeBilinear2dReference.forward(x, { height: 4, width: 4, alignCorners: false });
  expect([...plain.data]).toEqual([1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4]);
  const aligned = resizeBilinear2dReference.forward(x, { height: 4, width: 4, alignCorners: true });
  const documented = [1, 1.3333, 1.6667, 2, 1.6667, 2, 2.3333, 2.6667, 2.3333, 2.6667, 3, 3.3333, 3, 3.3333, 3.6667, 4];
  aligned.data.forEach((value, i) => expect(value).toBeCloseTo(documented[i] as number, 4));
});
