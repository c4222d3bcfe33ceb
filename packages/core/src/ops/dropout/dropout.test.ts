import { describeOp } from '@munit/testing/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import { openDevice } from '../../devices/devices.js';
import { Rng } from '../../rng.js';
import { type Tensor, tensor } from '../../tfjs.js';
import { dropout } from './dropout.js';
import { dropoutReference } from './reference.js';

interface Settings {
  readonly rate: number;
  readonly seed: number;
}

/** The two words that an op draws first from a generator of this seed. */
function wordsOf(seed: number): [number, number] {
  const rng = new Rng(seed);
  return [rng.integer(2 ** 32), rng.integer(2 ** 32)];
}

await describeOp<Tensor, Settings>(environment, {
  name: 'dropout',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs, { rate, seed }) => dropoutReference(need(inputs, 'x'), rate, wordsOf(seed)),
    backward: (_, { rate, seed }, dy) => ({ x: dropoutReference(dy, rate, wordsOf(seed)) }),
  },
  implementations: [{ name: 'dropout', run: (inputs, { rate, seed }) => dropout(need(inputs, 'x'), rate, new Rng(seed)) }],
  cases: [
    { name: 'one value', inputs: { x: [1, 1, 1, 1] }, options: { rate: 0.5, seed: 1 }, tiny: true },
    { name: 'images, half', inputs: { x: [2, 3, 5, 3] }, options: { rate: 0.5, seed: 2 }, tiny: true },
    { name: 'features, a tenth', inputs: { x: [4, 9] }, options: { rate: 0.1, seed: 3 } },
  ],
});

describe('the mask', () => {
  beforeAll(async () => {
    await openDevice('cpu');
  });

  const kept = async (rng: Rng, rate: number, size: number): Promise<boolean[]> => {
    const x = tensor(new Float32Array(size).fill(1));
    const y = dropout(x, rate, rng);
    const values = await y.data();
    for (const t of [x, y]) t.dispose();
    return Array.from(values, (value) => value !== 0);
  };

  test('drops its share, and of two calls different values', async () => {
    const rng = new Rng(7);
    const size = 40_000;
    const [first, second] = [await kept(rng, 0.3, size), await kept(rng, 0.3, size)];
    const share = first.filter(Boolean).length / size;
    // Four standard errors of a proportion.
    expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / size));
    // Independent masks agree in 0.7² + 0.3² of the places.
    const agreeing = first.filter((value, i) => value === second[i]).length / size;
    expect(Math.abs(agreeing - 0.58)).toBeLessThan(4 * Math.sqrt((0.58 * 0.42) / size));
  });

  test('is the same again from a restored state', async () => {
    const rng = new Rng(9);
    await kept(rng, 0.5, 10);
    const state = rng.state();
    const mask = await kept(rng, 0.5, 1000);
    expect(await kept(Rng.restore(state), 0.5, 1000)).toEqual(mask);
  });

  test('of rate 0 nothing is drawn, and x itself comes back', () => {
    const rng = new Rng(9);
    const before = rng.state();
    const x = tensor([1, 2]);
    expect(dropout(x, 0, rng)).toBe(x);
    expect(rng.state()).toEqual(before);
    x.dispose();
  });
});
