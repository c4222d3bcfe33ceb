/** Networks that layers.safetensors has no case of, against the published code's translations; and the names of cases. */
import { ArgumentError, openDevice, readSafetensors, Rng, type Tensor, tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { compareArrays, type NdArray, readLayerCases, translationTolerance } from '@munit/testing';
import { committedReferenceDirectory, readReferenceFile } from '@munit/testing/files';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  discriminatorFromOfficial,
  fromOfficial,
  fromOfficialActivation,
  generatorFromOfficial,
  layerFromCase,
  type OfficialTensor,
  toOfficialActivation,
  unitGenerator,
  unitGeneratorFromOfficial,
} from '../index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const file = (name: string): ReturnType<typeof readSafetensors> => readSafetensors(readReferenceFile(name, committedReferenceDirectory));
const plain = ({ shape, data }: NdArray): OfficialTensor => ({ shape, data: Float32Array.from(data) });
function onDevice(array: OfficialTensor): Tensor {
  const { shape, data } = fromOfficialActivation(array);
  return tensor(data, [...shape]);
}
async function expectEqual(ours: Tensor, truth: OfficialTensor): Promise<void> {
  const { passed, message } = compareArrays(toOfficialActivation({ shape: ours.shape, data: new Float32Array(await ours.data()) }), truth, translationTolerance);
  expect(passed, `translation: ${message}`).toBe(true);
}

test('UNIT: codes and translations with the final weights of a run', async () => {
  const { tensors, metadata } = file('train_unit.safetensors');
  const stored = (name: string): OfficialTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return { shape: found.shape, data: found.float32() };
  };
  const config = JSON.parse(metadata.get('config') ?? '') as { readonly gen: Record<string, unknown> };
  const network = unitGenerator(unitGeneratorFromOfficial(config.gen, 3));
  const weights = new Map([...tensors.keys()].filter((name) => name.startsWith('final/')).map((name) => [name.slice(6), stored(name)]));
  const [a, b] = [fromOfficial(network, weights, { prefix: 'gen_a.' }), fromOfficial(network, weights, { prefix: 'gen_b.' })];
  const content = network.encode(a, onDevice(stored('translate/x_a')) as Tensor4D);
  await expectEqual(content, stored('translate/content'));
  await expectEqual(network.decode(b, content), stored('translate/x_ab'));
});

test("a decoder alone, with the MLP's result as style vector, gives what the generator gives", async () => {
  const reference = readLayerCases(file('layers.safetensors')).find(({ name }) => name === 'adain_gen_decode');
  if (reference?.style === undefined) throw new Error('the case is gone');
  const params = new Map([...reference.params].map(([name, value]) => [name, plain(value)]));
  const common = { activ: 'relu', pad_type: 'reflect' };
  const mlp = layerFromCase('MLP', { input_dim: 3, output_dim: 128, dim: 6, n_blk: 3, activ: 'relu' });
  const decoder = layerFromCase('Decoder', { n_upsample: 2, n_res: 2, dim: 16, output_dim: 3, res_norm: 'adain', ...common });
  const [vector] = mlp.apply(fromOfficial(mlp.layer, params, { prefix: 'mlp.' }), onDevice(plain(reference.style))) as [Tensor2D];
  const [image] = decoder.apply(fromOfficial(decoder.layer, params, { prefix: 'dec.' }), onDevice(plain(reference.input)), vector) as [Tensor];
  await expectEqual(image, plain(reference.outputs[0] as NdArray));
});

describe('every kind of case can be made', () => {
  const gen = { dim: 2, mlp_dim: 3, style_dim: 2, activ: 'relu', n_downsample: 1, n_res: 1, pad_type: 'reflect' };
  const dis = { dim: 2, norm: 'none', activ: 'lrelu', n_layer: 1, gan_type: 'lsgan', num_scales: 2, pad_type: 'zero' };
  test.each([
    ['Conv2dBlock', { in_channels: 3, out_channels: 2, kernel: 3, stride: 1, padding: 1, norm: 'adain' }, [1, 16, 16, 3], [1, 4], [[1, 16, 16, 2]]],
    ['ResBlock', { dim: 3, norm: 'adain' }, [1, 16, 16, 3], [1, 12], [[1, 16, 16, 3]]],
    ['LinearBlock', { input_dim: 3, output_dim: 2, norm: 'in' }, [2, 3], undefined, [[2, 2]]],
    ['SpectralNorm', { in_channels: 3, out_channels: 2, kernel: 3 }, [1, 16, 16, 3], undefined, [[1, 14, 14, 2]]],
    ['SpectralNorm', { in_features: 3, out_features: 2 }, [2, 3], undefined, [[2, 2]]],
    ['AdaINGen.encode', { input_dim: 3, gen }, [1, 16, 16, 3], undefined, [[1, 8, 8, 4], [1, 1, 1, 2]]],
    ['AdaINGen.forward', { input_dim: 3, gen }, [1, 17, 16, 3], undefined, [[1, 16, 16, 3]]],
    ['VAEGen.encode', { input_dim: 3, gen }, [1, 16, 16, 3], undefined, [[1, 8, 8, 4]]],
    ['VAEGen.decode', { input_dim: 3, gen }, [1, 8, 8, 4], undefined, [[1, 16, 16, 3]]],
    ['VAEGen.forward', { input_dim: 3, gen }, [1, 16, 16, 3], undefined, [[1, 16, 16, 3]]],
    ['MsImageDis', { input_dim: 3, dis }, [1, 16, 16, 3], undefined, [[1, 8, 8, 1], [1, 4, 4, 1]]],
  ] as const)('%s', (kind, config, inputShape, styleShape, outputShapes) => {
    const { layer, apply } = layerFromCase(kind, config);
    const rng = new Rng(1);
    const random = (shape: readonly number[]): Tensor => tensor(rng.normals(shape.reduce((a, b) => a * b, 1)), [...shape]);
    const outputs = tidy(() => apply(layer.init(rng), random(inputShape), styleShape === undefined ? undefined : random(styleShape)));
    expect(outputs.map((y) => y.shape)).toEqual(outputShapes);
  });

  test('an unknown class, method or option is refused', () => {
    expect(() => layerFromCase('ConvTranspose', { input_dim: 3, gen })).toThrow(ArgumentError);
    expect(() => layerFromCase('NoSuchLayer', { input_dim: 3, gen })).toThrow(/Known layers: Conv2dBlock, /);
    expect(() => layerFromCase('VAEGen.translate', { input_dim: 3, gen })).toThrow(/There is no method 'VAEGen\.translate'\. Known methods: VAEGen\.encode, /);
    expect(() => layerFromCase('ResBlock', { dim: 3, dilation: 2 })).toThrow(/ResBlock: unknown option 'dilation'\. Known options: note, dim, /);
    expect(() => layerFromCase('ResBlock', {})).toThrow(/ResBlock: 'dim' must be a number, but it is undefined/);
  });

  test("sections of an official configuration become architectures; what does not belong is refused", () => {
    expect(generatorFromOfficial(gen, 1)).toEqual({ inputDim: 1, dim: 2, mlpDim: 3, styleDim: 2, nDownsample: 1, nRes: 1, activation: 'relu', padMode: 'reflect' });
    expect(discriminatorFromOfficial(dis, 1)).toEqual({ inputDim: 1, dim: 2, nLayer: 1, numScales: 2, norm: 'none', activation: 'lrelu', padMode: 'zero' });
    expect(unitGeneratorFromOfficial(gen, 1)).toEqual({ inputDim: 1, dim: 2, nDownsample: 1, nRes: 1, activation: 'relu', padMode: 'reflect' });
    expect(() => generatorFromOfficial({ ...gen, n_blocks: 3 }, 1)).toThrow(/gen: unknown option 'n_blocks'/);
    expect(() => discriminatorFromOfficial({ ...dis, dim: '64' }, 1)).toThrow(/dis: 'dim' must be a number, but it is "64"/);
  });
});
