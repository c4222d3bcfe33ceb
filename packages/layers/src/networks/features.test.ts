/** Inception and SqueezeNet: their sizes, their names, and batch norms that become a part of convolutions. (Their values: `npm run parity`.) */
import { type Device, openDevice, Rng, type Tensor4D, tensor, treeLeaves } from '@munit/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countParameters, foldBatchNorms, inceptionV3, type OfficialTensor, officialParameters, outputSize, squeezenet, trace } from '../index.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd');
});
afterAll(() => device.dispose());

test('Inception has the parameters of torchvision, its batch norms folded', () => {
  // 27,161,264 with both classifiers; less the second one (3,326,696), and of 94 convolutions a scale where a bias is: 17,216 for each.
  const network = inceptionV3({ classes: 1000 });
  expect(countParameters(network)).toBe(27_161_264 - 3_326_696 - 17_216);
  const names = officialParameters(network).map(({ name }) => name);
  expect(names).toContain('Mixed_6e.branch7x7dbl_5.weight');
  expect(names.at(-1)).toBe('fc.bias');
  expect(trace(network.describe(), { height: 299, width: 299, channels: 3 }).at(-1)?.output).toEqual({ height: 1, width: 1, channels: 1000 });
  // The last map is 8×8×2048 (Szegedy et al. 2016, table 1).
  const maps = trace(inceptionV3({ variant: 'fid' }).describe(), { height: 299, width: 299, channels: 3 }).map(({ output }) => output);
  expect(maps).toContainEqual({ height: 8, width: 8, channels: 2048 });
  expect(maps).toContainEqual({ height: 17, width: 17, channels: 768 });
  expect(maps).toContainEqual({ height: 35, width: 35, channels: 288 });
});

test("SqueezeNet has torchvision's features, and its slices are as LPIPS cuts them", async () => {
  const network = squeezenet();
  // 1,235,496 less the classifier's 1×1 convolution.
  expect(countParameters(network)).toBe(1_235_496 - 513_000);
  expect(outputSize(network.describe(), { height: 64, width: 64, channels: 3 })).toEqual({ height: 3, width: 3, channels: 512 });
  const params = network.init(new Rng(1));
  const x: Tensor4D = tensor(new Rng(2).uniforms(64 * 64 * 3, -1, 1), [1, 64, 64, 3]);
  const maps = network.taps(params, x, ['slice1', 'slice3', 'slice7']);
  expect(maps.map(({ shape }) => shape)).toEqual([[1, 31, 31, 64], [1, 7, 7, 256], [1, 3, 3, 512]]);
  for (const t of [x, ...maps, ...treeLeaves<Tensor4D>(params as never)]) t.dispose();
});

test('a folded batch norm is the affine map that it was', () => {
  const of = (shape: readonly number[], ...data: number[]): OfficialTensor => ({ shape, data: Float32Array.from(data) });
  const state = new Map([
    ['a.conv.weight', of([2, 1, 1, 1], 3, -5)],
    ['a.bn.weight', of([2], 2, 4)],
    ['a.bn.bias', of([2], 1, -1)],
    ['a.bn.running_mean', of([2], 0.5, 2)],
    ['a.bn.running_var', of([2], 3.75, 0)],
    ['a.bn.num_batches_tracked', of([], 7)],
    ['fc.bias', of([1], 9)],
  ]);
  const folded = foldBatchNorms(state, 0.25);
  expect([...folded.keys()]).toEqual(['a.weight', 'a.bias', 'fc.bias']);
  // Deviations of 2 and 0.5.
  expect([...(folded.get('a.weight')?.data ?? [])]).toEqual([3, -40]);
  expect([...(folded.get('a.bias')?.data ?? [])]).toEqual([0.5, -17]);
  state.delete('a.bn.running_var');
  expect(() => foldBatchNorms(state, 0.25)).toThrow("The tensor 'a.bn.running_var' should be [2], and is missing.");
});
