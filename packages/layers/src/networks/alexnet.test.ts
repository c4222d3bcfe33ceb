import { openDevice, Rng, ShapeError, tensor, type Tensor4D } from '@munit/core';
import { beforeAll, expect, test } from 'vitest';
import { convolved, type PlainMap, pooled, relativeError } from '../../test/plainMaps.js';
import { fromOfficial, type OfficialTensor, toOfficial } from '../index.js';
import { alexnet } from './alexnet.js';
import { transformColours } from '../describe/colours.js';
import type { ColoursNode } from '../describe/nodes.js';
import { coloursNode } from './preprocess.js';

beforeAll(async () => {
  await openDevice('cpu');
});

/** torchvision's names, shapes, strides and paddings (`alexnet().features`). */
const published = [
  { name: 'features.0', shape: [64, 3, 11, 11], stride: 4, padding: 2, pool: true },
  { name: 'features.3', shape: [192, 64, 5, 5], stride: 1, padding: 2, pool: true },
  { name: 'features.6', shape: [384, 192, 3, 3], stride: 1, padding: 1, pool: false },
  { name: 'features.8', shape: [256, 384, 3, 3], stride: 1, padding: 1, pool: false },
  { name: 'features.10', shape: [256, 256, 3, 3], stride: 1, padding: 1, pool: false },
] as const;

const rng = new Rng(7);
const official = new Map<string, OfficialTensor>(
  published.flatMap(({ name, shape }) => {
    const [outs, ins, k] = shape;
    const bound = Math.sqrt(6 / (ins * k * k));
    return [
      [`${name}.weight`, { shape, data: rng.uniforms(outs * ins * k * k, -bound, bound) }],
      [`${name}.bias`, { shape: [outs], data: rng.uniforms(outs, -0.05, 0.05) }],
    ] as const;
  }),
);

test("maps are those of plain loops, under torchvision's names", { timeout: 60_000 }, async () => {
  const network = alexnet();
  const params = fromOfficial(network, new Map([...official, ['classifier.1.weight', { shape: [1], data: new Float32Array(1) }]]));
  const image: Tensor4D = tensor(new Rng(1).uniforms(63 * 70 * 3, -1, 1), [1, 63, 70, 3]);
  const maps = network.taps(params, image, ['relu1', 'relu2', 'relu3', 'relu4', 'relu5']);
  let map: PlainMap = { h: 63, w: 70, data: Float64Array.from(await transformColours(image, coloursNode('torchvision') as ColoursNode).data()) };
  for (const [i, { name, pool, ...geometry }] of published.entries()) {
    map = convolved(map, official.get(`${name}.weight`) as OfficialTensor, official.get(`${name}.bias`) as OfficialTensor, geometry);
    expect(maps[i]?.shape).toEqual([1, map.h, map.w, map.data.length / (map.h * map.w)]);
    expect(relativeError(await (maps[i] as Tensor4D).data(), map), name).toBeLessThan(1e-5);
    if (pool) map = pooled(map, 3);
  }
  expect(await network.apply(params, image).data()).toEqual(await (maps[4] as Tensor4D).data());
  expect([...(await toOfficial(network, params)).keys()]).toEqual([...official.keys()]);
});

test('the smallest image that goes in, and one less', () => {
  const network = alexnet();
  const params = network.init(new Rng(1));
  const image = (size: number): Tensor4D => tensor(new Float32Array(size * size * 3), [1, size, size, 3]);
  expect(network.apply(params, image(31)).shape).toEqual([1, 1, 1, 256]);
  expect(() => network.apply(params, image(30))).toThrow(ShapeError);
});
