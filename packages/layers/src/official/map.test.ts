import { CheckpointMismatchError, openDevice, readSafetensors, Rng, type Tensor, treeEntries, treeLeaves } from '@munit/core';
import { committedReferenceDirectory, readReferenceFile } from '@munit/testing/files';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ParameterSpec } from '../parameters/spec.js';
import {
  convBlock,
  countParameters,
  fromOfficial,
  fromOfficialArrays,
  fromOfficialLayout,
  linearBlock,
  multiScaleDiscriminator,
  munitGenerator,
  officialEntries,
  type OfficialLayer,
  officialParameters,
  officialShape,
  type OfficialTensor,
  toOfficial,
  toOfficialArrays,
  toOfficialLayout,
  unitGenerator,
  vgg16,
} from '../index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const generator = { inputDim: 3, dim: 8, mlpDim: 16, styleDim: 4, nDownsample: 2, nRes: 1, activation: 'relu', padMode: 'reflect' } as const;
const discriminator = { inputDim: 3, dim: 8, nLayer: 2, numScales: 2, norm: 'none', activation: 'lrelu', padMode: 'reflect' } as const;

/** The tensors `init/<net>.` of a training run. */
function initial(file: string, network: string): Map<string, OfficialTensor> {
  const prefix = `init/${network}.`;
  const { tensors } = readSafetensors(readReferenceFile(file, committedReferenceDirectory));
  return new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name.slice(prefix.length), { shape: t.shape, data: t.float32() }]));
}

const networks: readonly (readonly [string, string, OfficialLayer])[] = [
  ['train_munit_default.safetensors', 'gen_a', munitGenerator(generator)],
  ['train_munit_default.safetensors', 'dis_b', multiScaleDiscriminator(discriminator)],
  ['train_unit.safetensors', 'gen_b', unitGenerator(generator)],
];

describe.each(networks)('%s, %s', (file, network, layer) => {
  const official = initial(file, network);

  test('has the names, in order, and the shapes of the published network', () => {
    expect(officialParameters(layer).map(({ name }) => name)).toEqual([...official.keys()]);
    const shapes = new Map(treeEntries<ParameterSpec>(layer.specs).map(({ path, leaf }) => [path, leaf.shape]));
    for (const { name, path, layout } of officialParameters(layer)) {
      expect(officialShape(layout, shapes.get(path) as number[])).toEqual(official.get(name)?.shape);
    }
  });

  test('to ours and back is exact', async () => {
    const params = fromOfficial(layer, official);
    const back = await toOfficial(layer, params);
    expect([...back.keys()]).toEqual([...official.keys()]);
    for (const [name, { shape, data }] of official) {
      expect(back.get(name)?.shape).toEqual(shape);
      expect(back.get(name)?.data.every((value, i) => value === data[i])).toBe(true);
    }
    for (const leaf of treeLeaves<Tensor>(params)) leaf.dispose();
  });
});

const everyOption: readonly OfficialLayer[] = [
  ...networks.map(([, , layer]) => layer),
  munitGenerator({ ...generator, activation: 'prelu', nDownsample: 3, nRes: 2 }),
  multiScaleDiscriminator({ ...discriminator, norm: 'sn', nLayer: 3 }),
  multiScaleDiscriminator({ ...discriminator, norm: 'bn', activation: 'prelu' }),
  multiScaleDiscriminator({ ...discriminator, norm: 'ln', numScales: 1, nLayer: 1 }),
  linearBlock({ inFeatures: 2, outFeatures: 3, norm: 'sn' }),
  vgg16(),
];

test('every parameter has one official name, and none is left over', () => {
  for (const layer of everyOption) {
    const entries = officialParameters(layer);
    expect(entries.map(({ path }) => path).sort()).toEqual(treeEntries<ParameterSpec>(layer.specs).map(({ path }) => path).sort());
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  }
});

test("PyTorch's order: norm before convolution, dense before norm, spectral norm's weight last", () => {
  const names = (layer: OfficialLayer): string[] => officialEntries(layer).map(({ name }) => name);
  const conv = { inChannels: 2, outChannels: 3, kernel: 3, activation: 'prelu' } as const;
  expect(names(convBlock({ ...conv, norm: 'ln' }))).toEqual(['norm.gamma', 'norm.beta', 'activation.weight', 'conv.weight', 'conv.bias']);
  expect(names(convBlock({ ...conv, norm: 'bn' }))).toEqual([
    'norm.weight',
    'norm.bias',
    'norm.running_mean',
    'norm.running_var',
    'norm.num_batches_tracked',
    'activation.weight',
    'conv.weight',
    'conv.bias',
  ]);
  expect(names(convBlock({ ...conv, norm: 'adain', activation: 'relu' }))).toEqual(['norm.running_mean', 'norm.running_var', 'conv.weight', 'conv.bias']);
  expect(names(linearBlock({ inFeatures: 2, outFeatures: 3, norm: 'ln' }))).toEqual(['fc.weight', 'fc.bias', 'norm.gamma', 'norm.beta']);
  expect(names(convBlock({ ...conv, norm: 'sn', activation: 'relu' }))).toEqual([
    'conv.module.bias',
    'conv.module.weight_u',
    'conv.module.weight_v',
    'conv.module.weight_bar',
  ]);
});

test('the published models have the sizes that are known of them', () => {
  const published = munitGenerator({ inputDim: 3, dim: 64, mlpDim: 256, styleDim: 8, nDownsample: 2, nRes: 4, activation: 'relu', padMode: 'reflect' });
  expect(published.adaInCount).toBe(4096);
  expect(countParameters(published.contentEncoder) / 1e6).toBeCloseTo(5.39, 2);
  expect(countParameters(published.styleEncoder) / 1e6).toBeCloseTo(2.76, 2);
  expect(countParameters(published.mlp) / 1e6).toBeCloseTo(1.12, 2);
  expect(countParameters(published.decoder) / 1e6).toBeCloseTo(5.75, 2);
  const dis = multiScaleDiscriminator({ inputDim: 3, dim: 64, nLayer: 4, numScales: 3, norm: 'none', activation: 'lrelu', padMode: 'reflect' });
  expect(countParameters(dis) / 1e6).toBeCloseTo(8.27, 2);
});

test('layouts: OIHW to HWIO, [out, in] to [in, out]', () => {
  const conv = { shape: [2, 1, 1, 3], data: Float32Array.of(0, 1, 2, 10, 11, 12) }; // o·10 + x
  expect(fromOfficialLayout('conv', conv)).toEqual({ shape: [1, 3, 1, 2], data: Float32Array.of(0, 10, 1, 11, 2, 12) });
  const dense = { shape: [2, 3], data: Float32Array.of(0, 1, 2, 10, 11, 12) };
  expect(fromOfficialLayout('dense', dense)).toEqual({ shape: [3, 2], data: Float32Array.of(0, 10, 1, 11, 2, 12) });
  const random = { shape: [3, 4, 2, 5], data: new Rng(1).normals(120) };
  expect(toOfficialLayout('conv', fromOfficialLayout('conv', random))).toEqual(random);
});

describe('what does not fit is named', () => {
  const block = convBlock({ inChannels: 2, outChannels: 3, kernel: 3, norm: 'ln' });
  const zeros = (...shape: number[]): OfficialTensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  const fitting = new Map([
    ['norm.gamma', zeros(3)],
    ['norm.beta', zeros(3)],
    ['conv.weight', zeros(3, 2, 3, 3)],
    ['conv.bias', zeros(3)],
  ]);

  test('a missing, an unexpected and a misshapen key, with what to do', () => {
    const { 'norm.beta': _, ...rest } = Object.fromEntries(fitting);
    const given = new Map(Object.entries({ ...rest, 'conv.weight': zeros(3, 1, 3, 3), 'conv.weight_bar': zeros(1) }));
    expect(() => fromOfficialArrays(block, given)).toThrow(CheckpointMismatchError);
    expect(() => fromOfficialArrays(block, given)).toThrow(
      /missing \(1\): norm\.beta\. unexpected \(1\): conv\.weight_bar\. misshapen \(1\): conv\.weight is \[3, 1, 3, 3\] and must be \[3, 2, 3, 3\].*Check that the configuration/,
    );
  });

  test('a long list is cut short', () => {
    expect(() => fromOfficialArrays(munitGenerator(generator), new Map())).toThrow(/missing \(42\): .* and 34 more/);
  });

  test('running statistics are left out by name', () => {
    const extended = new Map([...fitting, ['norm.running_mean', zeros(3)], ['norm.running_var', zeros(3)], ['norm.num_batches_tracked', zeros()]]);
    expect([...fromOfficialArrays(block, extended).keys()].sort()).toEqual(['conv.bias', 'conv.weight', 'norm.scale', 'norm.shift']);
  });

  test('a prefix picks one network of a file and leaves the others alone', () => {
    const file = new Map([...[...fitting].map(([name, value]) => [`a.${name}`, value] as const), ['b.other', zeros(1)] as const]);
    expect(fromOfficialArrays(block, file, { prefix: 'a.' }).size).toBe(4);
    expect(() => fromOfficialArrays(block, file, { prefix: 'b.' })).toThrow(/The tensors under 'b\.' do not fit this convBlock: missing \(4\)/);
  });

  test('on the way out too: a tree of another network', () => {
    expect(() => toOfficialArrays(block, new Map([['conv.weight', zeros(3, 3, 2, 3)], ['other', zeros(1)]]))).toThrow(
      /missing \(3\): norm\.scale, norm\.shift, conv\.bias\. unexpected \(1\): other/,
    );
  });

  test("gradients have no u and v, and don't need them", () => {
    const spectral = linearBlock({ inFeatures: 2, outFeatures: 3, norm: 'sn' });
    const gradients = new Map([['dense.weight', zeros(2, 3)], ['dense.bias', zeros(3)]]);
    const official = toOfficialArrays(spectral, gradients);
    expect([...official.keys()]).toEqual(['fc.module.bias', 'fc.module.weight_bar']);
    expect(Object.fromEntries(fromOfficialArrays(spectral, official, { state: 'optional' }))).toEqual(Object.fromEntries(gradients));
    expect(() => fromOfficialArrays(spectral, official)).toThrow(/missing \(2\): fc\.module\.weight_u, fc\.module\.weight_v/);
    official.delete('fc.module.bias');
    expect(() => fromOfficialArrays(spectral, official, { state: 'optional' })).toThrow(/missing \(1\): fc\.module\.bias/);
  });
});

test("VGG16 takes torchvision's names, and needs no more layers than its features", () => {
  const network = vgg16({ features: 'relu4_3' });
  const shapes = new Map(treeEntries<ParameterSpec>(network.specs).map(({ path, leaf }) => [path, leaf.shape]));
  const numbers = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21];
  const torchvision = officialParameters(network).map(({ name, layout, path }, i): [string, OfficialTensor] => {
    const shape = officialShape(layout, shapes.get(path) as number[]);
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    data[0] = i + 1;
    return [`features.${numbers[i >> 1] as number}.${name.split('.')[1] as string}`, { shape, data }];
  });
  const extra = { shape: [1], data: new Float32Array(1) };
  const ours = fromOfficialArrays(network, new Map([...torchvision, ['features.24.weight', extra], ['conv5_1.bias', extra], ['classifier.0.bias', extra]]));
  const inOrder = ['1_1', '1_2', '2_1', '2_2', '3_1', '3_2', '3_3', '4_1', '4_2', '4_3'];
  expect([...ours].map(([path, { data }]) => [path, data[0]])).toEqual(
    inOrder.flatMap((name, i) => [[`conv${name}.conv.weight`, 2 * i + 1], [`conv${name}.conv.bias`, 2 * i + 2]]),
  );
  expect(() => fromOfficialArrays(network, new Map([['features.1.weight', extra]]))).toThrow(/unexpected \(1\): features\.1\.weight/);
});
