import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, CheckpointMismatchError, type Device, memory, NonFiniteError, openDevice, readSafetensors, Rng, SafetensorsError, ShapeError, tensor, type Tensor4D, writeSafetensors } from '@munit/core';
import { fromOfficialActivation } from '@munit/layers';
import { formulaWeights } from '@munit/testing';
import { readReferenceFile, referenceDirectory } from '@munit/testing/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageOf, largestError, realPairs } from '../../test/realPairs.js';
import { metricsReference } from '../../test/reference.js';
import { loadLpips } from './load.js';
import { createLpips, type Lpips } from './lpips.js';
import { pairDistances } from './pairs.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd');
});
afterAll(() => device.dispose());

const pairs = realPairs(readSafetensors(readReferenceFile('lpips_real.safetensors')));
/** A folder of real weights, which are too large for the repository. */
const weightsFolder = process.env['MUNIT_WEIGHTS_DIR'] ?? join(referenceDirectory(), '..', 'weights');
const vggFile = join(weightsFolder, 'vgg16_features.safetensors');

async function expectPublished(lpips: Lpips, key: string): Promise<void> {
  for (const pair of pairs) {
    const [x, y] = [imageOf(pair.x, pair.shape), imageOf(pair.y, pair.shape)];
    const measured = await lpips.measure(x, y);
    expect(measured).toHaveLength(1);
    for (const got of measured) expect(largestError(pair, key, got)).toBeLessThan(1e-4);
    x.dispose();
    y.dispose();
  }
}

describe('LPIPS', () => {
  it.each(['0.1', '0.0'] as const)('with the weights that come with npm equals the published code: AlexNet, version %s', async (version) => {
    const before = memory().numTensors;
    const lpips = await loadLpips({ version });
    await expectPublished(lpips, `lpips_alex_v${version}`);
    lpips.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.runIf(existsSync(vggFile)).each(['0.1', '0.0'] as const)('with torchvision’s VGG16 equals the published code: version %s', { timeout: 120_000 }, async (version) => {
    const lpips = await loadLpips({ network: 'vgg16', version, weights: new Uint8Array(readFileSync(vggFile)) });
    await expectPublished(lpips, `lpips_vgg_v${version}`);
    lpips.dispose();
  });

  it.each([['alexnet', 'lpips_alex'], ['vgg16', 'lpips_vgg']] as const)('on formula weights equals the published code to 1e-4, %s', async (network, key) => {
    const file = metricsReference();
    const { formula_weights: entries } = JSON.parse(file.metadata.get(key) as string) as { formula_weights: { key: string; shape: number[]; seed: number; bound: number; offset: number }[] };
    const values = new Map(entries.map(({ key: name, shape, seed, bound, offset }) => [name, { shape, data: formulaWeights(shape.reduce((a, b) => a * b), seed, bound, offset) }]));
    const features = new Map([...values].filter(([name]) => name.startsWith('net.')).map(([name, value]) => [name.replace(/^net\.slice\d\./, 'features.'), value]));
    const heads = [0, 1, 2, 3, 4].map((l) => values.get(`lin${l}.model.1.weight`)?.data as Float32Array);
    const lpips = createLpips({ network, features, heads });
    const image = (name: string): Tensor4D => {
      const stored = file.tensors.get(`${key}/${name}`);
      if (stored === undefined) throw new Error(`The reference file has no ${key}/${name}.`);
      const { shape, data } = fromOfficialActivation({ shape: stored.shape, data: stored.float32() });
      return tensor(data, shape as [number, number, number, number]);
    };
    const [x, y] = [image('x'), image('y')];
    const got = await lpips.measure(x, y);
    const truth = (name: string): Float32Array => file.tensors.get(`${key}/${name}`)?.float32() as Float32Array;
    got.forEach(({ total, layers }, n) => {
      expect(Math.abs(total / (truth('distance')[n] as number) - 1)).toBeLessThan(1e-4);
      layers.forEach((value, l) => expect(Math.abs(value / (truth(`layer${l}`)[n] as number) - 1)).toBeLessThan(1e-4));
    });
    expect(got).toHaveLength(2);
    lpips.dispose();
    x.dispose();
    y.dispose();
  });
});

describe('on one model', () => {
  let lpips: Lpips;
  beforeAll(async () => {
    lpips = await loadLpips();
  });
  afterAll(() => lpips.dispose());
  const random = (seed: number, count: number, size = 40): Tensor4D => tensor(new Rng(seed).uniforms(count * size * size * 3, -1, 1), [count, size, size, 3]);

  it('an image is at distance 0 from itself, and distances are symmetric', async () => {
    const images = random(1, 2);
    const [a, b] = (await lpips.features(images)) as [Awaited<ReturnType<Lpips['features']>>[number], Awaited<ReturnType<Lpips['features']>>[number]];
    expect(lpips.distance(a, a)).toEqual({ total: 0, layers: [0, 0, 0, 0, 0] });
    expect(lpips.distance(a, b).total).toBeCloseTo(lpips.distance(b, a).total, 12);
    expect(lpips.distance(a, b).total).toBeGreaterThan(0.01);
    images.dispose();
  });

  it('measures a batch as it does the features of its images', async () => {
    const [x, y] = [random(6, 3), random(7, 3)];
    const [ofX, ofY] = [await lpips.features(x), await lpips.features(y)];
    const before = memory().numTensors;
    const measured = await lpips.measure(x, y);
    expect(memory().numTensors).toBe(before);
    expect(measured).toHaveLength(3);
    measured.forEach(({ total, layers }, n) => {
      const truth = lpips.distance(ofX[n]!, ofY[n]!);
      expect(Math.abs(total / truth.total - 1)).toBeLessThan(1e-5);
      layers.forEach((value, l) => expect(Math.abs(value / (truth.layers[l] as number) - 1)).toBeLessThan(1e-5));
    });
    for (const { total } of await lpips.measure(x, x)) expect(total).toBe(0);
    x.dispose();
    y.dispose();
  });

  it('does not depend on the batch', async () => {
    const images = random(2, 3);
    const whole = await lpips.features(images);
    const data = await images.data();
    const alone = await Promise.all([0, 1, 2].map(async (n) => {
      const one: Tensor4D = tensor(data.slice(n * 4800, (n + 1) * 4800), [1, 40, 40, 3]);
      const [features] = await lpips.features(one);
      one.dispose();
      return features;
    }));
    whole.forEach((features, n) => expect(lpips.distance(features, alone[n] as typeof features).total).toBeLessThan(1e-9));
    images.dispose();
  });

  it('the map shows where images differ, and is about the total on average', async () => {
    const size = 96;
    const base = new Rng(3).uniforms(size * size * 3, -1, 1);
    const changed = base.slice();
    for (let y = 0; y < 32; y++) for (let x = 0; x < 32 * 3; x++) changed[y * size * 3 + x] = -(base[y * size * 3 + x] as number);
    const images: Tensor4D[] = [base, changed].map((data) => tensor(data, [1, size, size, 3]));
    const [[a], [b]] = (await Promise.all(images.map(async (image) => lpips.features(image)))) as [[never], [never]];
    const map = lpips.map(a, b);
    expect([map.height, map.width, map.data.length]).toEqual([size, size, size * size]);
    const mean = (from: number, to: number): number => {
      let sum = 0;
      for (let y = from; y < to; y++) for (let x = from; x < to; x++) sum += map.data[y * size + x] as number;
      return sum / (to - from) ** 2;
    };
    expect(mean(0, 32)).toBeGreaterThan(10 * mean(80, 96));
    expect(mean(0, 96) / lpips.distance(a, b).total).toBeGreaterThan(0.8);
    expect(mean(0, 96) / lpips.distance(a, b).total).toBeLessThan(1.2);
    for (const image of images) image.dispose();
  });

  it('pairs of a set: all, or so many drawn', async () => {
    const images = random(4, 5);
    const features = await lpips.features(images);
    const all = pairDistances(lpips, features);
    expect(all.map(({ first, second }) => `${first}${second}`)).toEqual(['01', '02', '03', '04', '12', '13', '14', '23', '24', '34']);
    const drawn = pairDistances(lpips, features, { pairs: 4, seed: 2 });
    expect(new Set(drawn.map(({ first, second }) => `${first}${second}`)).size).toBe(4);
    for (const pair of drawn) expect(all).toContainEqual(pair);
    expect(pairDistances(lpips, features, { pairs: 4, seed: 2 })).toEqual(drawn);
    expect(() => pairDistances(lpips, features, { pairs: 11 })).toThrow('have 10 pairs');
    expect(() => pairDistances(lpips, features.slice(0, 1))).toThrow(ArgumentError);
    images.dispose();
  });

  it('grey images are the colour images that they stand for', async () => {
    const values = new Rng(5).uniforms(2 * 40 * 40, -1, 1);
    const grey: Tensor4D = tensor(values, [2, 40, 40, 1]);
    const colour: Tensor4D = tensor(Float32Array.from({ length: values.length * 3 }, (_, i) => values[Math.floor(i / 3)] as number), [2, 40, 40, 3]);
    const [[g], [c]] = (await Promise.all([lpips.features(grey), lpips.features(colour)])) as [[never], [never]];
    expect(lpips.distance(g, c).total).toBeLessThan(1e-9);
    grey.dispose();
    colour.dispose();
  });

  it('refuses other sizes, other ranges and NaN, and leaves nothing behind', async () => {
    const before = memory().numTensors;
    const make = (values: Float32Array, shape: [number, number, number, number]): Tensor4D => tensor(values, shape);
    const plain = make(new Float32Array(4800), [1, 40, 40, 3]);
    const other = make(new Float32Array(5040), [1, 40, 42, 3]);
    const bytes = make(new Float32Array(4800).fill(200), [1, 40, 40, 3]);
    const broken = make(new Float32Array(4800).fill(Number.NaN, 7, 8), [1, 40, 40, 3]);
    const small = make(new Float32Array(1200), [1, 20, 20, 3]);
    const four = make(new Float32Array(6400), [1, 40, 40, 4]);
    await expect(lpips.measure(plain, other)).rejects.toThrow(ShapeError);
    await expect(lpips.features(bytes)).rejects.toThrow('Divide bytes by 127.5');
    await expect(lpips.measure(plain, bytes)).rejects.toThrow('Divide bytes by 127.5');
    await expect(lpips.measure(broken, plain)).rejects.toThrow('an image contains NaN');
    await expect(lpips.features(broken)).rejects.toThrow(NonFiniteError);
    await expect(lpips.features(small)).rejects.toThrow('at least 31×31');
    await expect(lpips.features(four)).rejects.toThrow(ShapeError);
    const [[a], [b]] = (await Promise.all([lpips.features(plain), lpips.features(other)])) as [[never], [never]];
    expect(() => lpips.distance(a, b)).toThrow('one is 40×40 and the other 42×40');
    for (const image of [plain, other, bytes, broken, small, four]) image.dispose();
    expect(memory().numTensors).toBe(before);
    await expect(loadLpips({ network: 'vgg16' })).rejects.toThrow('do not come with the package');
    await expect(loadLpips({ network: 'squeeze' as 'vgg16', weights: new Uint8Array(8) })).rejects.toThrow(SafetensorsError);
    await expect(loadLpips({ version: '1.0' as '0.1' })).rejects.toThrow(ArgumentError);
    const text = new Uint8Array(readFileSync(new URL('../../../lpips-weights/package.json', import.meta.url)));
    await expect(loadLpips({ network: 'vgg16', weights: text })).rejects.toThrow(SafetensorsError);
    const caffe = writeSafetensors([['conv1_1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) }]]);
    await expect(loadLpips({ network: 'vgg16', weights: caffe })).rejects.toThrow("these are caffe's of vgg16");
    expect(() => createLpips({ network: 'alexnet', features: new Map(), heads: [] })).toThrow(ShapeError);
    expect(() => createLpips({ network: 'alexnet', features: new Map(), heads: [64, 192, 384, 256, 256].map((n) => new Float32Array(n)) })).toThrow(CheckpointMismatchError);
  });
});
