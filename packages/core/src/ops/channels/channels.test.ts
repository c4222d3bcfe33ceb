import { describeOp } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor2D } from '../../tfjs.js';
import { concatChannels, expandOverPixels } from './channels.js';
import { concatChannelsReference, expandOverPixelsReference } from './reference.js';

/** The parts in order; gradients of gradients have the cotangent among the inputs. */
const partsOf = <V>(inputs: Readonly<Record<string, V>>): V[] => Object.entries(inputs).flatMap(([name, part]) => (name === 'dy' ? [] : [part]));

await describeOp<Tensor, undefined>(environment, {
  name: 'concatChannels',
  tolerance: 'exact',
  reference: {
    forward: (inputs) => concatChannelsReference.forward(partsOf(inputs)),
    backward: (inputs, _, dy) => {
      const gradients = concatChannelsReference.backward(partsOf(inputs), dy);
      return Object.fromEntries(Object.keys(inputs).map((name, i) => [name, gradients[i] ?? dy]));
    },
  },
  implementations: [{ name: 'concatChannels', run: (inputs) => concatChannels(partsOf(inputs)) }],
  cases: [
    { name: 'one pixel', inputs: { a: [1, 1, 1, 1], b: [1, 1, 1, 2] }, options: undefined, tiny: true },
    { name: 'batch 2, odd', inputs: { a: [2, 3, 5, 3], b: [2, 3, 5, 4] }, options: undefined, tiny: true },
    { name: 'three, as many as a block', inputs: { a: [1, 4, 2, 8], b: [1, 4, 2, 4], c: [1, 4, 2, 16] }, options: undefined },
    { name: 'codes', inputs: { a: [3, 5], b: [3, 2] }, options: undefined },
    { name: 'one alone', inputs: { a: [2, 3, 2, 4] }, options: undefined },
  ],
});

interface Pixels {
  readonly height: number;
  readonly width: number;
}

await describeOp<Tensor, Pixels>(environment, {
  name: 'expandOverPixels',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, { height, width }) => expandOverPixelsReference.forward(need(inputs, 'x'), height, width),
    backward: (inputs, { height, width }, dy) => ({ x: expandOverPixelsReference.backward(need(inputs, 'x'), height, width, dy) }),
  },
  implementations: [{ name: 'expandOverPixels', run: (inputs, { height, width }) => expandOverPixels(need(inputs, 'x') as Tensor2D, height, width) }],
  cases: [
    { name: 'one pixel', inputs: { x: [1, 1] }, options: { height: 1, width: 1 }, tiny: true },
    { name: 'batch 2, odd and not square', inputs: { x: [2, 5] }, options: { height: 3, width: 4 }, tiny: true },
    { name: 'larger', inputs: { x: [1, 8] }, options: { height: 33, width: 17 } },
  ],
});
