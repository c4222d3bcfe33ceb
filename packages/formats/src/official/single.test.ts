/** Files of one network each: recognised by names and shapes alone, whatever was written from them, and made into models. */
import { CheckpointMismatchError, treeEntries, Rng } from '@munit/core';
import { latentEncoder, type OfficialLayer, officialParameters, officialShape, type ParameterSpec, patchDiscriminator } from '@munit/layers';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../model/load.js';
import { packModel } from '../model/pack.js';
import { OrderedDict } from '../torch/pickle/writable.js';
import { float32Tensor, type Weights } from '../torch/tensor.js';
import { writeTorch } from '../torch/write.js';
import type { BicycleGanArchitecture, CycleGanArchitecture } from './architecture.js';
import { writeNetwork } from './export.js';
import { readCheckpoint } from './recognize.js';
import { bicycleGanEncoder, bicycleGanTranslator, cycleGanTranslator } from './translators.js';

function weightsOf(layer: OfficialLayer, seed: number): Weights {
  const rng = new Rng(seed);
  const shapes = new Map(treeEntries<ParameterSpec>(layer.specs).map(({ path, leaf }) => [path, leaf.shape]));
  return new Map(
    officialParameters(layer).map(({ name, path, layout }) => {
      const shape = officialShape(layout, shapes.get(path) as readonly number[]);
      return [name, float32Tensor(shape, rng.normals(shape.reduce((product, n) => product * n, 1)) as Float32Array<ArrayBuffer>)];
    }),
  );
}

const cycle: CycleGanArchitecture = {
  method: 'cyclegan',
  directions: 'a-to-b',
  generator: 'resnet',
  inputDim: { a: 3, b: 1 },
  dim: 2,
  nDownsample: 2,
  nRes: 2,
  activation: 'relu',
  padMode: 'reflect',
  norm: 'in',
  styleDim: 0,
  whereAdd: 'input',
  dropout: false,
};
const { generator: _generator, ...inOnePiece } = cycle;
const bicycle: BicycleGanArchitecture = {
  ...inOnePiece,
  method: 'bicyclegan',
  inputDim: { a: 1, b: 3 },
  nDownsample: 5,
  nRes: 0,
  padMode: 'zero',
  styleDim: 4,
  whereAdd: 'all',
  upsampling: 'basic',
  encoder: 'none',
  encoderDim: 1,
  encoderDownsample: 1,
};

describe('a generator is recognised', () => {
  it.each<[string, Partial<CycleGanArchitecture>]>([
    ['residual', {}],
    ['residual with zero padding and dropout', { padMode: 'zero', dropout: true, nRes: 3 }],
    ['residual with dropout', { dropout: true }],
    ['residual with noise in all layers', { styleDim: 3, whereAdd: 'all' }],
    ['U-Net', { generator: 'unet', nDownsample: 5, nRes: 0, padMode: 'zero' }],
  ])('CycleGAN: %s', (_, options) => {
    const { generator, ...architecture } = { ...cycle, ...options };
    const weights = weightsOf(cycleGanTranslator({ ...architecture, generator }, 'b'), 1);
    const found = readCheckpoint(writeNetwork(weights));
    expect(found).toMatchObject({ kind: 'translator', architecture: { ...architecture, generator } });
    expect(found.kind === 'translator' && [...found.weights]).toEqual([...weights]);
  });

  it.each<[string, Partial<BicycleGanArchitecture>]>([
    ['transposed', {}],
    ['bilinear', { upsampling: 'bilinear', nDownsample: 7 }],
  ])('BicycleGAN: %s', (_, options) => {
    const architecture = { ...bicycle, ...options };
    expect(readCheckpoint(writeNetwork(weightsOf(bicycleGanTranslator(architecture), 2)))).toMatchObject({ kind: 'translator', architecture });
  });

  it.each([
    ['resnet', 'in'],
    ['resnet', 'none'],
    ['conv', 'in'],
    ['conv', 'none'],
  ] as const)('a style encoder: %s, norm %s', (encoder, norm) => {
    const layer = latentEncoder({ inputDim: 3, styleDim: 4, dim: 2, nDownsample: 4, kind: encoder, norm });
    const found = readCheckpoint(writeNetwork(weightsOf(layer, 3)));
    expect(found).toMatchObject({ kind: 'style-encoder', architecture: { inputDim: 3, styleDim: 4, encoderDim: 2, encoderDownsample: 4, encoder, norm } });
  });
});

it('a batch norm, a missing tensor and a discriminator are refused or left alone, by name', () => {
  const weights = weightsOf(cycleGanTranslator(cycle, 'b'), 1);
  const normed = new Map([...weights, ['model.2.weight', float32Tensor([2], new Float32Array(2))]]);
  expect(() => readCheckpoint(writeNetwork(normed))).toThrow(/has a batch norm \('model\.2\.weight'\)/);
  const short = new Map([...weights].filter(([name]) => name !== 'model.11.conv_block.5.bias'));
  expect(() => readCheckpoint(writeNetwork(short))).toThrow(/Missing: model\.11\.conv_block\.5\.bias/);
  expect(() => readCheckpoint(writeNetwork(short))).toThrow(CheckpointMismatchError);
  const judge = patchDiscriminator({ inputDim: 3, dim: 2, nLayer: 2, numScales: 1, norm: 'in', kind: 'patch' });
  expect(readCheckpoint(writeNetwork(weightsOf(judge, 1))).kind).toBe('state-dict');
});

describe('a folder of the published trainer is a model', () => {
  const bytes = (weights: Weights): Uint8Array<ArrayBuffer> => new Uint8Array(writeTorch(new OrderedDict(weights)));
  const square = { ...cycle, inputDim: { a: 3, b: 3 } };

  it('of CycleGAN in both directions, which is packed and loaded again', async () => {
    const [forward, backward] = [weightsOf(cycleGanTranslator(square, 'b'), 1), weightsOf(cycleGanTranslator(square, 'b'), 2)];
    const model = await loadModel(new Map([['latest_net_G_A.pth', bytes(forward)], ['latest_net_G_B.pth', bytes(backward)]]));
    expect(model.architecture).toEqual({ ...square, directions: 'both' });
    expect([...model.networks.b]).toEqual([...forward]);
    expect([...model.networks.a]).toEqual([...backward]);
    const packed = await packModel(model);
    expect(await loadModel(packed)).toEqual(model);
    const card = new TextDecoder().decode(packed.get('README.md'));
    for (const text of ['CycleGAN', 'between **a**', "netG_B.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith('gen_a.')})"]) expect(card).toContain(text);
  });

  it('of one generator, in one direction', async () => {
    const model = await loadModel(new Map([['latest_net_G.pth', bytes(weightsOf(cycleGanTranslator(cycle, 'b'), 1))]]));
    expect(model.architecture).toEqual(cycle);
    expect(model.networks.a.size).toBe(0);
    const packed = await packModel({ ...model, training: { steps: 3, config: { without: ['image', 'style'] } } });
    const card = new TextDecoder().decode(packed.get('README.md'));
    for (const text of ['Translates from **a** (domain a, ', 'Ablation: trained without the reconstruction of image and style', "netG.load_state_dict({k[6:]"]) expect(card).toContain(text);
    expect(await loadModel(packed)).toMatchObject(model);
  });

  it('of BicycleGAN with its encoder, and without it', async () => {
    const encoding = { encoder: 'resnet', encoderDim: 2, encoderDownsample: 2 } as const;
    const [G, E] = [weightsOf(bicycleGanTranslator(bicycle), 1), weightsOf(bicycleGanEncoder({ ...bicycle, ...encoding }) as OfficialLayer, 2)];
    const model = await loadModel(new Map([['latest_net_G.pth', bytes(G)], ['latest_net_E.pth', bytes(E)]]));
    expect(model.architecture).toEqual({ ...bicycle, ...encoding });
    expect(model.networks.b.size).toBe(G.size + E.size);
    expect(model.networks.b.get('E.fc.0.weight')).toEqual(E.get('fc.0.weight'));
    expect(await loadModel(await packModel(model))).toEqual(model);
    expect((await loadModel(new Map([['latest_net_G.pth', bytes(G)]]))).architecture).toEqual(bicycle);
  });

  it('unless its networks do not belong together', async () => {
    const other = { ...square, nRes: 1 };
    const files = new Map([['latest_net_G_A.pth', bytes(weightsOf(cycleGanTranslator(square, 'b'), 1))], ['latest_net_G_B.pth', bytes(weightsOf(cycleGanTranslator(other, 'b'), 2))]]);
    await expect(loadModel(files)).rejects.toThrow(/the two generators differ in structure/);
  });
});
