import { openDevice, readSafetensors } from '@munit/core';
import type { OfficialTensor } from '@munit/layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { noise, sizes, translateWithLayers } from '../../test/onnx.js';
import { encodeBeside, encodeStyle } from '../../test/ours.js';
import { largestDifference, referenceFile, translations } from '../../test/reference.js';
import { loadModel } from '../model/load.js';
import type { GeneratorsArchitecture } from '../official/architecture.js';
import { exportOnnx, exportOnnxFiles } from './index.js';

type Feeds = Readonly<Record<string, OfficialTensor>>;

beforeAll(async () => {
  await openDevice('cpu');
});

async function open(graph: Uint8Array): Promise<{ run: (feeds: Feeds) => Promise<OfficialTensor>; close: () => Promise<void> }> {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const run = async (feeds: Feeds): Promise<OfficialTensor> => {
    const tensors = Object.entries(feeds).map(([name, { shape, data }]) => [name, new Tensor('float32', data, [...shape])] as const);
    const [output] = Object.values(await session.run(Object.fromEntries(tensors)));
    if (output === undefined) throw new Error('no output');
    return { shape: output.dims, data: output.data as Float32Array };
  };
  return { run, close: () => session.release() };
}

async function runOnce(graph: Uint8Array, feeds: Feeds): Promise<OfficialTensor> {
  const session = await open(graph);
  const output = await session.run(feeds);
  await session.close();
  return output;
}

function expectClose(ours: OfficialTensor, theirs: OfficialTensor): void {
  expect(ours.shape).toEqual(theirs.shape);
  expect(largestDifference(ours.data, theirs.data)).toBeLessThan(1e-4);
}

describe.each(translations())('ONNX of %s', (path, truthPath) => {
  it('encodes, decodes and translates as PyTorch did', async () => {
    const { tensors } = readSafetensors(referenceFile(truthPath));
    const get = (name: string): OfficialTensor => {
      const found = tensors.get(`translate/${name}`);
      if (found === undefined) throw new Error(`no ${name}`);
      // Styles are [N, S, 1, 1] in PyTorch, [N, S] here.
      return { shape: name.startsWith('style') ? found.shape.slice(0, 2) : found.shape, data: found.float32() };
    };
    const model = await loadModel(referenceFile(path));
    const styled: Feeds = model.architecture.method === 'munit' ? { style: get('style_b') } : {};
    expectClose(await runOnce(exportOnnx(model, 'content', 'a'), { image: get('x_a') }), get('content'));
    expectClose(await runOnce(exportOnnx(model, 'decoder', 'b'), { content: get('content'), ...styled }), get('x_ab'));
    expectClose(await runOnce(exportOnnx(model, 'translate', 'a'), { image: get('x_a'), ...styled }), get('x_ab'));
    if (model.architecture.method === 'munit') {
      expectClose(await runOnce(exportOnnx(model, 'style', 'a'), { image: get('x_a') }), get('style_a'));
    }
  });
});

const { styleDim: _s, mlpDim: _m, ...common } = tiny;
const architectures: [string, GeneratorsArchitecture][] = [
  ['MUNIT', { ...tiny, nDownsample: 2, nRes: 2 }],
  ['leaky, zero padding', { ...tiny, activation: 'lrelu', padMode: 'zero' }],
  ['learned slopes, replicated borders', { ...tiny, activation: 'prelu', padMode: 'replicate' }],
  ['SELU', { ...tiny, activation: 'selu' }],
  ['AdaIN in the up-sampling blocks, norm first, antialiased', { ...tiny, nRes: 2, upNorm: 'adain', preActivation: true, blurDown: true }],
  ['UNIT', { ...common, method: 'unit' }],
];

describe.each(architectures)('ONNX of %s agrees with our networks', (_, architecture) => {
  // Small weights: random ones of size 1 would drive tanh into saturation, where nothing differs.
  const model = modelFor(architecture, 0.3);
  const munit = architecture.method === 'munit';

  it.each(sizes)('translate, batch %i, %i×%i', async (n, h, w) => {
    const image = noise([n, 1, h, w], 7);
    const style = noise([n, 3], 8);
    const ours = await translateWithLayers(model, image, style);
    expectClose(await runOnce(exportOnnx(model, 'translate', 'a'), { image, ...(munit ? { style } : {}) }), ours);
    expect(Math.max(...ours.data.map(Math.abs))).toBeLessThan(0.999);
    if (munit) expectClose(await runOnce(exportOnnx(model, 'style', 'a'), { image }), await encodeStyle(model, 'a', image));
  });
});

describe('ONNX of a decoder without tanh', () => {
  it('clamps its images to [−1, 1]', async () => {
    const model = modelFor({ ...tiny, nRes: 1, output: 'clamp' }, 0.6);
    const [image, style] = [noise([1, 1, 32, 32], 7), noise([1, 3], 8)];
    const ours = await translateWithLayers(model, image, style);
    const beyond = ours.data.filter((value) => Math.abs(value) > 1).length;
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThan(ours.data.length);
    const clamped = { ...ours, data: Float32Array.from(ours.data, (value) => Math.min(1, Math.max(-1, value))) };
    expectClose(await runOnce(exportOnnx(model, 'translate', 'a'), { image, style }), clamped);
  });
});

const inOnePiece = { inputDim: { a: 3, b: 3 }, dim: 2, activation: 'relu', norm: 'in', whereAdd: 'input', dropout: false, nRes: 0, padMode: 'zero' } as const;
const translators: [string, GeneratorsArchitecture][] = [
  ['CycleGAN', { ...inOnePiece, method: 'cyclegan', directions: 'both', generator: 'resnet', nDownsample: 2, nRes: 2, padMode: 'reflect', styleDim: 0 }],
  ['CycleGAN with noise in all layers', { ...inOnePiece, method: 'cyclegan', directions: 'both', generator: 'resnet', nDownsample: 2, nRes: 1, styleDim: 3, whereAdd: 'all' }],
  ['one U-Net of CycleGAN', { ...inOnePiece, method: 'cyclegan', directions: 'a-to-b', generator: 'unet', nDownsample: 4, styleDim: 0 }],
  ['BicycleGAN', { ...inOnePiece, method: 'bicyclegan', directions: 'a-to-b', nDownsample: 4, styleDim: 3, whereAdd: 'all', upsampling: 'basic', encoder: 'resnet', encoderDim: 2, encoderDownsample: 3 }],
  ['BicycleGAN, bilinear', { ...inOnePiece, method: 'bicyclegan', directions: 'a-to-b', nDownsample: 4, styleDim: 3, upsampling: 'bilinear', encoder: 'conv', encoderDim: 2, encoderDownsample: 3 }],
];

describe.each(translators)('ONNX of %s agrees with our networks', (_, architecture) => {
  const model = modelFor(architecture, 0.3);

  it.each([[1, 32, 32], [2, 48, 64]] as const)('batch %i, %i×%i', async (n, h, w) => {
    const image = noise([n, 3, h, w], 7);
    const style = noise([n, 3], 8);
    const ours = await translateWithLayers(model, image, style);
    const styled = 'styleDim' in architecture && architecture.styleDim > 0;
    expectClose(await runOnce(exportOnnx(model, 'translate', 'a'), { image, ...(styled ? { style } : {}) }), ours);
    if (architecture.method === 'bicyclegan') expectClose(await runOnce(exportOnnx(model, 'style', 'b'), { image }), await encodeBeside(model, 'b', image));
  });

  it('has the graphs that the model has', () => {
    const names = [...exportOnnxFiles(model).keys()];
    const both = 'directions' in architecture && architecture.directions === 'both';
    expect(names).toEqual(['translate_a_to_b.onnx', ...(architecture.method === 'bicyclegan' ? ['style_b.onnx'] : []), ...(both ? ['translate_b_to_a.onnx'] : [])]);
    expect(() => exportOnnx(model, 'content', 'a')).toThrow(/are in one piece: there is no part 'content'/);
    if (!both) expect(() => exportOnnx(model, 'translate', 'b')).toThrow(/no generator of images of a/);
  });
});

describe('exportOnnx', () => {
  const model = modelFor(tiny);

  it('one session takes any size and batch', async () => {
    const session = await open(exportOnnx(model, 'content', 'b'));
    for (const [n, h, w] of sizes) {
      const output = await session.run({ image: noise([n, 3, h, w], 1) });
      expect(output.shape).toEqual([n, 4, Math.floor(h / 2), Math.floor(w / 2)]);
    }
    await session.close();
  });

  it('names its inputs and outputs', async () => {
    const session = await InferenceSession.create(exportOnnx(model, 'translate', 'b'), { logSeverityLevel: 3 });
    expect([session.inputNames, session.outputNames]).toEqual([['image', 'style'], ['translated']]);
    await session.release();
  });

  it('gives every graph of a model, the same bytes each time', () => {
    const files = exportOnnxFiles(model);
    expect([...files.keys()]).toEqual([
      'content_a.onnx', 'style_a.onnx', 'decoder_a.onnx', 'translate_a_to_b.onnx',
      'content_b.onnx', 'style_b.onnx', 'decoder_b.onnx', 'translate_b_to_a.onnx',
    ]);
    expect(exportOnnxFiles(modelFor(tiny))).toEqual(files);
  });

  it('has no style graph for UNIT', () => {
    const unit = modelFor({ ...common, method: 'unit' });
    expect(() => exportOnnx(unit, 'style', 'a')).toThrow(/This model has no styles/);
    expect([...exportOnnxFiles(unit).keys()]).toHaveLength(6);
  });

  it('names a weight that the model lacks', () => {
    const networks = { ...model.networks, b: new Map([...model.networks.b].filter(([name]) => !name.startsWith('mlp.model.1'))) };
    expect(() => exportOnnx({ ...model, networks }, 'decoder', 'b')).toThrow(/generator of b lacks 'mlp\.model\.1\.fc\.weight'/);
  });

  it('agrees on a larger image that is nearly constant, where sums lose the most', async () => {
    const image = noise([1, 1, 192, 160], 3);
    const style = noise([1, 3], 4);
    const shifted = { ...image, data: image.data.map((value) => 0.9 + 0.1 * value) };
    const ours = await translateWithLayers(modelFor(tiny, 0.3), shifted, style);
    expectClose(await runOnce(exportOnnx(modelFor(tiny, 0.3), 'translate', 'a'), { image: shifted, style }), ours);
  });
});
