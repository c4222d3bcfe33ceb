import { ArgumentError, memory, openDevice, Rng, ShapeError, tensor, type Tensor, type Tensor4D, tidy, treeLeaves } from '@munit/core';
import { beforeAll, expect, test } from 'vitest';
import { vggFormulaWeights } from '@munit/testing';
import { convolved, type PlainMap, pooled, relativeError } from '../../test/plainMaps.js';
import { fromOfficial, type OfficialTensor } from '../index.js';
import { transformColours } from '../describe/colours.js';
import type { ColoursNode } from '../describe/nodes.js';
import { coloursNode, preprocessForVgg } from './preprocess.js';
import { vgg16 } from './vgg16.js';

beforeAll(async () => {
  await openDevice('cpu');
});

test('preprocessing: blue first, [0, 255], less the means; grey stands for all', async () => {
  const x: Tensor4D = tensor([-1, 0, 1, 0.5, -0.5, 0.25], [1, 1, 2, 3]);
  const byte = (v: number): number => (v + 1) * 127.5;
  const expected = [byte(1) - 103.939, byte(0) - 116.779, byte(-1) - 123.68, byte(0.25) - 103.939, byte(-0.5) - 116.779, byte(0.5) - 123.68];
  [...(await preprocessForVgg(x).data())].forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 4));
  const grey = await preprocessForVgg(tensor([0.5], [1, 1, 1, 1])).data();
  [...grey].forEach((value, i) => expect(value).toBeCloseTo(byte(0.5) - ([103.939, 116.779, 123.68][i] as number), 4));
  expect(() => preprocessForVgg(tensor([1, 2], [1, 1, 1, 2]))).toThrow(ShapeError);
});

test("torchvision's preprocessing: red first, [0, 1], less the mean, over the deviation; none is none", async () => {
  const x: Tensor4D = tensor([-1, 0, 1], [1, 1, 1, 3]);
  const expected = [(0 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225];
  [...(await transformColours(x, coloursNode('torchvision') as ColoursNode).data())].forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
  expect(coloursNode('none')).toBeUndefined();
});

test('maps are those of plain loops: pools after conv1_2, conv2_2 and conv3_3, and after conv4_3 where asked', { timeout: 120_000 }, async () => {
  const weights = vggFormulaWeights();
  const official = new Map<string, OfficialTensor>(
    weights.flatMap(({ name, weight, bias }) => [
      [`${name}.weight`, { shape: weight.shape, data: Float32Array.from(weight.data) }],
      [`${name}.bias`, { shape: bias.shape, data: Float32Array.from(bias.data) }],
    ]),
  );
  const image: Tensor4D = tensor(new Rng(1).uniforms(16 * 16 * 3, -1, 1), [1, 16, 16, 3]);
  const start: PlainMap = { h: 16, w: 16, data: Float64Array.from(await preprocessForVgg(image).data()) };
  const through = (maps: Record<string, PlainMap>, from: PlainMap, names: RegExp): PlainMap => {
    let map = from;
    for (const { name } of weights.filter((layer) => names.test(layer.name))) {
      map = convolved(map, official.get(`${name}.weight`) as OfficialTensor, official.get(`${name}.bias`) as OfficialTensor);
      maps[name.replace('conv', 'relu')] = map;
      if (['conv1_2', 'conv2_2', 'conv3_3'].includes(name)) map = pooled(map);
    }
    return map;
  };
  const published: Record<string, PlainMap> = {};
  const fourth = through(published, start, /^conv[1-4]/);
  const original = { ...published };
  through(published, fourth, /^conv5/);
  through(original, pooled(fourth), /^conv5/);

  for (const features of ['relu4_3', 'relu5_3'] as const) {
    const network = vgg16({ features });
    const got = tidy(() => network.apply(fromOfficial(network, official), image));
    expect(got.shape).toEqual([1, 2, 2, 512]);
    expect(relativeError(await got.data(), published[features] as PlainMap)).toBeLessThan(1e-5);
  }

  const network = vgg16({ pool4: true });
  const params = fromOfficial(network, official);
  const taps = ['relu5_3', 'relu1_2', 'relu4_3', 'relu3_1'] as const;
  const before = memory().numTensors;
  const maps = network.taps(params, image, taps);
  expect(memory().numTensors).toBe(before + taps.length);
  for (const [i, tap] of taps.entries()) expect(relativeError(await (maps[i] as Tensor4D).data(), original[tap] as PlainMap), tap).toBeLessThan(1e-5);
  const last = network.apply(params, image);
  expect(last.shape).toEqual([1, 1, 1, 512]);
  expect(await last.data()).toEqual(await (maps[0] as Tensor4D).data());
  for (const leaf of [...treeLeaves<Tensor>(params), ...maps, last]) leaf.dispose();
});

test('maps that are not there are named', () => {
  const network = vgg16({ features: 'relu4_3' });
  expect(() => network.taps({}, tensor([0, 0, 0], [1, 1, 1, 3]), ['relu5_1'])).toThrow(/vgg16: there is no map 'relu5_1'. Known maps: relu1_1, .*relu4_3/);
  expect(() => network.taps({}, tensor([0, 0, 0], [1, 1, 1, 3]), [])).toThrow(ArgumentError);
});
