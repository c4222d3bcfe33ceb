import { linear, meanSquaredTo, openDevice, Rng, scale, type Scalar, type Tensor, type Tensor2D, tensor, valueAndGrad, weightedSum } from '@munit/core';
import { beforeAll, expect, test } from 'vitest';
import { inOneBatch } from './inOneBatch.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const matrix = (rows: number, columns: number, seed: number): Tensor2D => tensor(new Rng(seed).normals(rows * columns), [rows, columns]);

/** Loss and gradient of a layer that serves two batches, each with an output of its own weight. */
function lossOf(joined: boolean, first: Tensor2D, second: Tensor2D): { numbers: number[][]; passes: number } {
  let passes = 0;
  const { value, grads } = valueAndGrad(
    ({ weight }: { readonly weight: Tensor2D }) => {
      const network = (x: Tensor2D): Tensor[] => {
        passes++;
        const y = linear(x, weight, undefined);
        return [y, scale(y, -3)];
      };
      const [one, other] = joined ? inOneBatch(network, [first], [second]) : [network(first), network(second)];
      const terms = [...one, ...other].map((y, i): Scalar => meanSquaredTo(y, i));
      return { value: weightedSum(terms, [1, 2, 3, 4]), aux: {} };
    },
    { weight: matrix(3, 2, 7) },
  );
  return { numbers: [[...value.dataSync()], [...grads.weight.dataSync()]], passes };
}

test('one pass over two batches of different length gives what two passes give', () => {
  const [first, second] = [matrix(2, 3, 1), matrix(5, 3, 2)];
  const apart = lossOf(false, first, second);
  const joined = lossOf(true, first, second);
  expect([apart.passes, joined.passes]).toEqual([2, 1]);
  joined.numbers.forEach((list, i) => list.forEach((value, j) => expect(value).toBeCloseTo(apart.numbers[i]?.[j] ?? NaN, 4)));
});

test('samples of different shape go apart', () => {
  let passes = 0;
  const [one, other] = inOneBatch(
    (x: Tensor) => {
      passes++;
      return [x];
    },
    [matrix(2, 3, 1)],
    [matrix(2, 4, 2)],
  );
  expect(passes).toBe(2);
  expect([one[0]?.shape, other[0]?.shape]).toEqual([[2, 3], [2, 4]]);
});
