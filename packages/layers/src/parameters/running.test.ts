import { memory, openDevice, Rng, tensor, type Tensor, type Tensor4D, treeLeaves, valueAndGrad, meanSquaredTo } from '@munit/core';
import { beforeAll, expect, test } from 'vitest';
import { batchNorm, fromOfficial, officialEntries, type RunningUpdates, stateTensors, toOfficial, trainable, withRunningStatistics, withState } from '../index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const values = async (x: Tensor | undefined): Promise<number[]> => [...((await x?.data()) ?? [])];
const dispose = (...trees: unknown[]): void => {
  for (const tree of trees) for (const leaf of treeLeaves(tree as Tensor)) leaf.dispose();
};

test('two batches in training, then inference by the averages, as PyTorch', async () => {
  const before = memory().numTensors;
  const layer = batchNorm(1);
  const params = layer.init(new Rng(1));
  // Of mean 2 and unbiased variance 20/3, then of mean −1 and unbiased variance 2.
  const first = tensor([-1, 1, 3, 5], [2, 2, 1, 1]) as Tensor4D;
  const second = tensor([0, -2], [2, 1, 1, 1]) as Tensor4D;
  const running: RunningUpdates = new Map();
  const y = layer.apply(params, first, { running });
  const deviation = Math.sqrt(5 + 1e-5);
  expect((await values(y)).map((value) => value.toFixed(5))).toEqual([-3, -1, 1, 3].map((value) => (value / deviation).toFixed(5)));
  const again = layer.apply(params, second, { running });
  const next = withRunningStatistics(params, running);
  const [mean, variance] = [0.9 * (0.1 * 2) + 0.1 * -1, 0.9 * (0.9 + 0.1 * (20 / 3)) + 0.1 * 2];
  expect((await values(next.running?.mean))[0]).toBeCloseTo(mean, 6);
  expect((await values(next.running?.variance))[0]).toBeCloseTo(variance, 6);
  const inferred = layer.apply(next, second);
  expect((await values(inferred))[1]).toBeCloseTo((-2 - mean) / Math.sqrt(variance + 1e-5), 5);
  dispose(params, [y, again, inferred, first, second], [...running.values()]);
  expect(memory().numTensors).toBe(before);
});

test('averages are state: no gradient, no leak while one is recorded, and kept in official files', async () => {
  const layer = batchNorm(2);
  const params = layer.init(new Rng(1));
  const x = tensor(new Rng(2).normals(24), [2, 3, 2, 2]) as Tensor4D;
  expect(stateTensors(params)).toEqual([params.running?.mean, params.running?.variance]);
  const before = memory().numTensors;
  const running: RunningUpdates = new Map();
  const { value, grads } = valueAndGrad((trained) => ({ value: meanSquaredTo(layer.apply(withState(trained, params), x, { running }), 1), aux: {} }), trainable(params));
  expect(Object.keys(grads)).toEqual(['scale', 'shift']);
  const next = withRunningStatistics(params, running);
  const entries = officialEntries(layer, 'bn');
  expect(entries.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'bn.weight trained', 'bn.bias trained', 'bn.running_mean state', 'bn.running_var state', 'bn.num_batches_tracked buffer',
  ]);
  const official = await toOfficial(layer, next);
  const read = fromOfficial(layer, official);
  expect(await values(read.running?.variance)).toEqual(await values(next.running?.variance));
  expect(await values(read.running?.variance)).not.toEqual([1, 1]);
  dispose([value], grads, [...running.values()], read);
  expect(memory().numTensors).toBe(before);
});
