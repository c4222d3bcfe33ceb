import { describeUpdate } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor } from '../../tfjs.js';
import { type GradientLimits, limitGradients } from './gradientNorm.js';
import { limitGradientsReference } from './reference.js';

/** Of norm 5. */
const inputs = { a: { shape: [3], data: Float64Array.of(3, 0, 0) }, b: { shape: [1, 2], data: Float64Array.of(0, -4) } };

await describeUpdate<Tensor, GradientLimits>(environment, {
  name: 'limitGradients',
  tolerance: 'reduction',
  reference: (arrays, limits) => {
    const [a, b] = limitGradientsReference([need(arrays, 'a'), need(arrays, 'b')], limits);
    return { a: a ?? need(arrays, 'a'), b: b ?? need(arrays, 'b') };
  },
  run: (tensors, limits) => {
    const [a, b] = limitGradients([need(tensors, 'a'), need(tensors, 'b')], limits);
    return { a: a as Tensor, b: b as Tensor };
  },
  consumes: () => [],
  cases: [
    { name: 'below the limit they stay', inputs, options: { clip: 6 }, tiny: true },
    { name: 'above it they shrink to it', inputs, options: { clip: 2 }, tiny: true },
    { name: 'far above they become 0', inputs, options: { clip: 2, skip: 4 }, tiny: true },
    { name: 'infinite ones become 0 too', inputs: { ...inputs, b: { shape: [1, 2], data: Float64Array.of(Infinity, -Infinity) } }, options: { clip: 2, skip: 4 }, tiny: true },
    { name: 'NaN stays', inputs: { a: { shape: [1], data: Float64Array.of(NaN) }, b: { shape: [1], data: Float64Array.of(NaN) } }, options: { clip: 2, skip: 4 } },
    { name: 'between both limits they shrink', inputs, options: { clip: 2, skip: 5.5 } },
    { name: 'no limits', inputs, options: {} },
    { name: 'images', inputs: { a: [3, 3, 4, 5], b: [5] }, options: { clip: 1 } },
    { name: 'zeros', inputs: { a: { shape: [2], data: Float64Array.of(0, 0) }, b: { shape: [1], data: Float64Array.of(0) } }, options: { clip: 1, skip: 1 } },
  ],
});
