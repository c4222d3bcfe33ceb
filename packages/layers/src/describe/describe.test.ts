/** Descriptions, held against what layers do: run node by node, without fusing anything (`interpret`). */
import { activate, add, conv2d, normalize, openDevice, type Params, Rng, type Tensor, tensor, type Tensor2D, type Tensor4D, treeEntries } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adaptiveInstanceNorm,
  alexnet,
  batchNorm,
  contentEncoder,
  convBlock,
  convolution,
  decoder,
  latentEncoder,
  layerNorm,
  type LayerNode,
  linearBlock,
  type MapSize,
  mlp,
  multiScaleDiscriminator,
  munitGenerator,
  type OfficialLayer,
  officialParameters,
  identityPart,
  outputSize,
  type ParameterSpec,
  type ParameterSpecs,
  partsOf,
  patchDiscriminator,
  residualBlock,
  resnetGenerator,
  runnerOf,
  styleColumns,
  styleEncoder,
  trace,
  trainable,
  transposedConvolution,
  unetGenerator,
  unitGenerator,
  upBlock,
  vgg16,
} from '../index.js';
import { interpret, lookupIn, type Taps } from '../../test/interpret.js';
import { layerOf } from '../layer.js';
import { part, sequence } from './nodes.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const random = (shape: readonly number[], seed: number): Tensor => tensor(new Rng(seed).normals(shape.reduce((a, b) => a * b, 1)), [...shape]);
const image = (h: number, w: number, c: number, n = 2): Tensor4D => random([n, h, w, c], 5) as Tensor4D;

async function expectSame(ours: Tensor, theirs: Tensor): Promise<void> {
  expect(theirs.shape).toEqual(ours.shape);
  const [a, b] = [await ours.data(), await theirs.data()];
  expect(a.some((value) => value !== 0)).toBe(true);
  expect(b).toEqual(a);
}

/** A code for each of two samples. */
const code = (): Tensor2D => random([2, 4], 11) as Tensor2D;

const norms = ['none', 'in', 'ln', 'bn', 'sn', 'adain'] as const;
const activations = ['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none'] as const;
const border = { activation: 'lrelu', padMode: 'reflect' } as const;

/** A chain with how it is applied, on an input and a style vector. */
interface Case {
  readonly layer: OfficialLayer;
  readonly apply: (params: never, x: never, style: never) => Tensor;
  readonly x: () => Tensor;
}

const chain = <L extends OfficialLayer>(layer: L, apply: (layer: L, params: never, x: never, style: never) => Tensor, x: () => Tensor): Case => ({
  layer,
  apply: (params, input, style) => apply(layer, params, input, style),
  x,
});

const conv = { inChannels: 3, outChannels: 2, kernel: 3, padding: 1 } as const;
/** A layer from parts: all kinds of nodes that no network above has. */
const assembled = (specs: ParameterSpecs, node: LayerNode): OfficialLayer & { apply(params: Params, x: Tensor4D, z?: Tensor2D): Tensor } => {
  const runner = runnerOf('assembled', node);
  return { ...layerOf<OfficialLayer>('assembled', specs, node), apply: (params, x, z) => runner.run(params, x, { code: z }) };
};

const up = transposedConvolution({ inChannels: 5, outChannels: 4, kernel: 4, stride: 2, padding: 1, bias: false });
const norm = batchNorm(4);
const wide = convolution({ inChannels: 7, outChannels: 5, kernel: 1, kernelWidth: 3, bias: false });
const even = convolution({ inChannels: 4, outChannels: 3, kernel: 1 });
/** A U-Net of one level whose middle is as many-sided as can be. */
const uNet = assembled(
  { wide: wide.specs, up: up.specs, norm: norm.specs, even: even.specs, shortcut: even.specs },
  sequence([
    {
      key: '',
      name: '',
      node: {
        op: 'branches',
        branches: [
          {
            key: '',
            name: '',
            node: sequence([
              { key: '', name: '', node: { op: 'appendCode', channels: 4 } },
              { key: '', name: '', node: { op: 'pad', padMode: 'zero', rows: 0, columns: 1 } },
              part('wide', 'down', wide),
              { key: '', name: '', node: { op: 'pool', take: 'average', size: 3, stride: 2, padding: 1, countIncludePad: true } },
              { key: '', name: '', node: { op: 'pool', take: 'max', size: 3, stride: 1, padding: 1 } },
              part('up', 'up', up),
              part('norm', 'norm', norm),
              { key: '', name: '', node: { op: 'activation', activation: 'relu', slope: 0 } },
              { key: '', name: '', node: { op: 'dropout', rate: 0.5 } },
              {
                key: '',
                name: '',
                node: { op: 'residual', body: part('even', 'even', even), shortcut: part('shortcut', 'shortcut', even) },
              },
            ]),
          },
          identityPart,
        ],
      },
    },
    { key: '', name: '', node: { op: 'upsample', mode: 'bilinear', factor: 2, alignCorners: true } },
  ]),
);

const cases: readonly (readonly [string, Case])[] = [
  ['a U-Net', chain(uNet, (l, p, x) => l.apply(p, x, code()), () => image(6, 8, 3))],
  ['transposedConvolution', chain(transposedConvolution({ inChannels: 3, outChannels: 2, kernel: 3, stride: 2, padding: 1, outputPadding: 1 }), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ['batchNorm', chain(batchNorm(3), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ...norms.map((norm) => [`convBlock ${norm}`, chain(convBlock({ ...conv, norm, activation: 'lrelu' }), (l, p, x, s) => l.apply(p, x, s), () => image(6, 5, 3))] as const),
  ...activations.map((activation) => [`convBlock ${activation}`, chain(convBlock({ ...conv, norm: 'in', activation, stride: 2, padMode: 'replicate' }), (l, p, x) => l.apply(p, x), () => image(7, 5, 3))] as const),
  ...norms.filter((norm) => norm !== 'adain').map((norm) => [`linearBlock ${norm}`, chain(linearBlock({ inFeatures: 4, outFeatures: 3, norm, activation: 'prelu' }), (l, p, x) => l.apply(p, x), () => random([3, 4], 7))] as const),
  ...norms.map((norm) => [`residualBlock ${norm}`, chain(residualBlock({ channels: 3, norm }), (l, p, x, s) => l.apply(p, x, s), () => image(6, 5, 3))] as const),
  ['residualBlock selu', chain(residualBlock({ channels: 3, norm: 'none', activation: 'selu' }), (l, p, x) => l.apply(p, x), () => image(6, 5, 3))],
  ...(['none', 'in', 'adain', 'ln'] as const).map((own) => [`residualBlock ${own}, norm first`, chain(residualBlock({ channels: 3, norm: own, preActivation: true }), (l, p, x, s) => l.apply(p, x, s), () => image(6, 5, 3))] as const),
  ['decoder with AdaIN in its up-sampling blocks', chain(decoder({ inChannels: 8, outChannels: 3, nUpsample: 2, nRes: 1, upNorm: 'adain', preActivation: true, ...border }), (l, p, x, s) => l.apply(p, x, s), () => image(4, 5, 8))],
  ['convolution', chain(convolution({ ...conv, upsample: 2, spectral: true }), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ['layerNorm', chain(layerNorm(3), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ['adaptiveInstanceNorm', chain(adaptiveInstanceNorm(3), (l, _, x, s) => l.apply(x, s), () => image(4, 5, 3))],
  ['contentEncoder', chain(contentEncoder({ inChannels: 3, channels: 2, nDownsample: 2, nRes: 2, ...border }), (l, p, x) => l.apply(p, x), () => image(17, 16, 3))],
  ['contentEncoder without aliases', chain(contentEncoder({ inChannels: 3, channels: 2, nDownsample: 2, nRes: 1, blurDown: true, ...border }), (l, p, x) => l.apply(p, x), () => image(17, 16, 3))],
  ['styleEncoder', chain(styleEncoder({ inChannels: 3, channels: 2, styleDim: 3, nDownsample: 3, ...border }), (l, p, x) => l.apply(p, x), () => image(16, 19, 3))],
  ['decoder with AdaIN', chain(decoder({ inChannels: 8, outChannels: 3, nUpsample: 2, nRes: 2, ...border }), (l, p, x, s) => l.apply(p, x, s), () => image(4, 5, 8))],
  ['contentEncoder under spectral norm', chain(contentEncoder({ inChannels: 3, channels: 2, nDownsample: 2, nRes: 1, spectralNorm: true, ...border }), (l, p, x) => l.apply(p, x), () => image(17, 16, 3))],
  ['styleEncoder under spectral norm, without aliases', chain(styleEncoder({ inChannels: 3, channels: 2, styleDim: 3, nDownsample: 3, spectralNorm: true, blurDown: true, ...border }), (l, p, x) => l.apply(p, x), () => image(16, 19, 3))],
  ['decoder under spectral norm, without tanh', chain(decoder({ inChannels: 8, outChannels: 3, nUpsample: 2, nRes: 1, upNorm: 'adain', output: 'clamp', spectralNorm: true, ...border }), (l, p, x, s) => l.apply(p, x, s), () => image(4, 5, 8))],
  ...(['input', 'all'] as const).map((whereAdd) => [`resnetGenerator, style at ${whereAdd}`, chain(resnetGenerator({ inputDim: 3, outputDim: 2, dim: 2, nDownsample: 2, nRes: 2, norm: 'in', padMode: 'reflect', styleDim: 4, whereAdd, dropout: true }), (l, p, x) => l.translate(p, x, code()), () => image(16, 12, 3))] as const),
  ...(['basic', 'bilinear'] as const).map((upsampling) => [`unetGenerator, ${upsampling}`, chain(unetGenerator({ inputDim: 3, outputDim: 2, dim: 2, nDownsample: 4, norm: 'in', activation: 'relu', styleDim: 4, whereAdd: 'all', upsampling, dropout: false, names: 'bicyclegan' }), (l, p, x) => l.translate(p, x, code()), () => image(16, 32, 3))] as const),
  ...(['basic', 'bilinear'] as const).map((upsampling) => [`upBlock ${upsampling}`, chain(upBlock({ inChannels: 4, outChannels: 2, upsampling, kernel: 4, norm: 'in', activation: 'relu' }, '0'), (l, p, x) => l.apply(p, x), () => image(5, 6, 4))] as const),
  ['decoder without', chain(decoder({ inChannels: 4, outChannels: 1, nUpsample: 1, nRes: 1, residualNorm: 'in', ...border }), (l, p, x) => l.apply(p, x), () => image(4, 5, 4))],
  ['mlp', chain(mlp({ inFeatures: 3, outFeatures: 5, hiddenFeatures: 4, nBlocks: 3 }), (l, p, x) => l.apply(p, x), () => random([2, 3], 7))],
  ['vgg16', chain(vgg16({ features: 'relu4_3', preprocessing: 'torchvision' }), (l, p, x) => l.apply(p, x), () => image(8, 8, 3, 1))],
  ['alexnet', chain(alexnet(), (l, p, x) => l.apply(p, x), () => image(35, 31, 3, 1))],
];

describe('a description is what the layer does', () => {
  test.each(cases)('%s', { timeout: 60_000 }, async (_, { layer, apply, x }) => {
    const params = layer.init(new Rng(1));
    const node = layer.describe();
    const count = styleColumns(node);
    const input = x();
    const style = count === 0 ? undefined : (random([input.shape[0], count], 9) as Tensor2D);
    await expectSame(apply(params as never, input as never, style as never), interpret(node, '', lookupIn(params), input, { vector: style, at: 0, code: code() }));
  });

  test('discriminators: each scale on the image that the pool leaves it', async () => {
    const layer = multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 2, numScales: 3, norm: 'ln', ...border });
    const params = layer.init(new Rng(1));
    const node = layer.describe();
    if (node.op !== 'scales') throw new Error(node.op);
    let x: Tensor = image(40, 33, 3);
    const scores = layer.apply(params, x as Tensor4D);
    expect(scores).toHaveLength(node.scales.length);
    for (const [i, { key, node: scaleNode }] of node.scales.entries()) {
      if (i > 0) x = interpret(node.pool, '', lookupIn({}), x, { vector: undefined, at: 0 });
      await expectSame(scores[i] as Tensor, interpret(scaleNode, key, lookupIn(params), x, { vector: undefined, at: 0 }));
    }
  });

  test('a global network beside the scales: one score, of the image as it is', async () => {
    const layer = multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 4, numScales: 1, norm: 'sn', global: true, ...border });
    const params = layer.init(new Rng(1));
    const node = layer.describe();
    if (node.op !== 'scales' || node.whole === undefined) throw new Error(node.op);
    const x = image(48, 33, 3);
    const scores = layer.apply(params, x);
    expect(scores.map(({ shape }) => shape)).toEqual([[2, 3, 2, 1], [2, 1, 1, 1]]);
    await expectSame(scores[1] as Tensor, interpret(node.whole.node, node.whole.key, lookupIn(params), x, { vector: undefined, at: 0 }));
    // 3×3 of 3 to 2; four blocks of 2, 4, 8, 16 and again 16 channels (8 times the first, no more); 1×1 to the score.
    const widths = [2, 4, 8, 16, 16];
    const blocks = widths.slice(0, -1).map((from, i) => 9 * from * from + from + 9 * from * (widths[i + 1] as number) + (widths[i + 1] as number) + from * (widths[i + 1] as number) + (widths[i + 1] as number));
    const trained = treeEntries<Tensor>(trainable(params.global as Params)).reduce((sum, { leaf }) => sum + leaf.size, 0);
    expect(trained).toBe(9 * 3 * 2 + 2 + blocks.reduce((sum, n) => sum + n) + 16 + 1);
  });

  test('discriminators in patches and of single pixels', async () => {
    for (const architecture of [{ nLayer: 2, numScales: 1, norm: 'in', kind: 'patch' }, { nLayer: 1, numScales: 2, norm: 'none', kind: 'patch' }, { nLayer: 1, numScales: 1, norm: 'in', kind: 'pixel' }] as const) {
      const layer = patchDiscriminator({ inputDim: 3, dim: 2, ...architecture });
      const params = layer.init(new Rng(1));
      const node = layer.describe();
      if (node.op !== 'scales') throw new Error(node.op);
      let x: Tensor = image(24, 21, 3);
      const scores = layer.apply(params, x as Tensor4D);
      expect(scores).toHaveLength(architecture.numScales);
      for (const [i, { key, node: scaleNode }] of node.scales.entries()) {
        if (i > 0) x = interpret(node.pool, '', lookupIn({}), x, { vector: undefined, at: 0 });
        await expectSame(scores[i] as Tensor, interpret(scaleNode, key, lookupIn(params), x, { vector: undefined, at: 0 }));
      }
    }
  });

  test.each(['resnet', 'conv'] as const)("BicycleGAN's style encoder of kind %s: what runs in order ends with the mean", async (kind) => {
    for (const norm of ['in', 'none'] as const) {
      const layer = latentEncoder({ inputDim: 3, styleDim: 3, dim: 2, nDownsample: 3, kind, norm });
      const params = layer.init(new Rng(1));
      const x = image(32, 32, 3);
      const [mean, logVariance] = layer.encode(params, x);
      await expectSame(mean, interpret(layer.describe(), '', lookupIn(params), x, { vector: undefined, at: 0 }));
      expect(logVariance.shape).toEqual([2, 3]);
    }
  });

  const arch = { inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 2, nRes: 2, ...border } as const;
  test('generators: the roles are the functions', async () => {
    const munit = munitGenerator(arch);
    const params = munit.init(new Rng(1));
    const [x, get] = [image(17, 16, 3), lookupIn(params)];
    const run = ({ key, node }: { readonly key: string; readonly node: LayerNode }, input: Tensor, vector?: Tensor2D): Tensor => interpret(node, key, get, input, { vector, at: 0 });
    const { contentEncoder: content, styleEncoder: style, styleMlp, decoder: dec } = munit.describe().roles;
    if (style === undefined || styleMlp === undefined) throw new Error('MUNIT has styles');
    const [c, s] = [munit.encodeContent(params, x), munit.encodeStyle(params, x)];
    await expectSame(c, run(content, x));
    await expectSame(s, run(style, x));
    await expectSame(munit.decode(params, c, s), run(dec, c, run(styleMlp, s) as Tensor2D));

    const unit = unitGenerator(arch);
    const unitParams = unit.init(new Rng(1));
    const roles = unit.describe().roles;
    expect(roles.styleEncoder ?? roles.styleMlp).toBeUndefined();
    const unitRun = ({ key, node }: { readonly key: string; readonly node: LayerNode }, input: Tensor): Tensor => interpret(node, key, lookupIn(unitParams), input, { vector: undefined, at: 0 });
    await expectSame(unit.encode(unitParams, x), unitRun(roles.contentEncoder, x));
    await expectSame(unit.decode(unitParams, c), unitRun(roles.decoder, c));
  });

  test('taps are the outputs of the parts that bear their names', async () => {
    const layer = vgg16({ features: 'relu4_3' });
    const params = layer.init(new Rng(1));
    const x = image(8, 8, 3, 1);
    const taps: Taps = new Map();
    interpret(layer.describe(), '', lookupIn(params), x, { vector: undefined, at: 0 }, taps);
    expect([...taps.keys()]).toHaveLength(10);
    const names = ['relu1_1', 'relu3_3'] as const;
    for (const [i, map] of layer.taps(params, x, names).entries()) await expectSame(map, taps.get(names[i] as string) as Tensor);
  });
});

describe('improvements of the residual and up-sampling blocks', () => {
  test('norm first is x + conv(relu(norm(conv(relu(norm(x))))))', async () => {
    const block = residualBlock({ channels: 3, norm: 'in', preActivation: true });
    const params = block.init(new Rng(1));
    const x = image(6, 5, 3);
    const half = (y: Tensor4D, { conv }: (typeof params)['first']): Tensor4D =>
      conv2d(activate(normalize(y, { over: 'instance' }), 'relu'), conv.weight, conv.bias, { pad: { mode: 'zero', size: 1 } });
    await expectSame(block.apply(params, x), add(x, half(half(x, params.first), params.second)));
  });

  test('AdaIN in the up-sampling blocks reads two numbers for each of their channels besides', () => {
    const sizes = { inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 2, nRes: 2, ...border } as const;
    expect(munitGenerator(sizes).adaInCount).toBe(2 * 4 * 8);
    expect(munitGenerator({ ...sizes, upNorm: 'adain' }).adaInCount).toBe(2 * 4 * 8 + 2 * (4 + 2));
    expect(munitGenerator({ ...sizes, preActivation: true }).adaInCount).toBe(2 * 4 * 8);
  });
});

describe('a description names all parameters', () => {
  const everything: readonly (readonly [string, OfficialLayer])[] = [
    ...cases.map(([name, { layer }]) => [name, layer] as const),
    ['munitGenerator', munitGenerator({ inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 2, nRes: 2, activation: 'prelu', padMode: 'zero' })],
    ['unitGenerator', unitGenerator({ inputDim: 3, dim: 2, nDownsample: 2, nRes: 2, ...border })],
    ['munitGenerator under spectral norm', munitGenerator({ inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 2, nRes: 2, spectralNorm: true, preActivation: true, blurDown: true, ...border })],
    ['multiScaleDiscriminator with a global network', multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 3, numScales: 2, norm: 'sn', global: true, ...border })],
    ['patchDiscriminator', patchDiscriminator({ inputDim: 3, dim: 2, nLayer: 2, numScales: 2, norm: 'in', kind: 'patch' })],
    ['latentEncoder', latentEncoder({ inputDim: 3, styleDim: 3, dim: 2, nDownsample: 3, kind: 'resnet', norm: 'in' })],
    ['multiScaleDiscriminator', multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 2, numScales: 3, norm: 'sn', ...border })],
  ];
  test.each(everything)('%s', (_, layer) => {
    const ours = treeEntries<ParameterSpec>(layer.specs).map(({ path }) => path);
    expect(officialParameters(layer).map(({ path }) => path).sort()).toEqual([...ours].sort());
  });

  test('parts registered are parts that run', () => {
    const check = (node: LayerNode): void => {
      if (node.op === 'sequence' && node.registered !== undefined) expect(new Set(node.registered)).toEqual(new Set(node.parts));
      for (const part of partsOf(node)) check(part.node);
    };
    // The head of the log-variance stands beside what runs.
    for (const [name, layer] of everything) if (name !== 'latentEncoder') check(layer.describe());
  });
});

describe('sizes', () => {
  test('traced maps are as large as those that come out', () => {
    const sized = (x: Tensor): MapSize => ({ height: x.shape[1] as number, width: x.shape[2] as number, channels: x.shape[3] as number });
    const encoder = contentEncoder({ inChannels: 3, channels: 2, nDownsample: 2, nRes: 1, ...border });
    const x = image(21, 18, 3);
    const steps = trace(encoder.describe(), sized(x));
    expect(steps.at(-1)?.output).toEqual(sized(encoder.apply(encoder.init(new Rng(1)), x)));
    expect(steps.map(({ output }) => output.channels)).toEqual([2, 4, 8, 8, 8]);
    const network = alexnet();
    const photo = image(67, 80, 3, 1);
    expect(trace(network.describe(), sized(photo)).at(-1)?.output).toEqual(sized(network.apply(network.init(new Rng(1)), photo)));
  });

  test('of a U-Net too, whose branches must be of one size', () => {
    const x = image(6, 8, 3);
    const size = outputSize(uNet.describe(), { height: 6, width: 8, channels: 3 });
    expect(uNet.apply(uNet.init(new Rng(1)) as never, x, code()).shape).toEqual([2, size.height, size.width, size.channels]);
    expect(() => trace(uNet.describe(), { height: 5, width: 8, channels: 3 })).toThrow(/Branches must give maps of one size, but theirs are 6×8, 5×8/);
  });

  test('channels that do not fit are refused', () => {
    expect(() => trace(convBlock(conv).describe(), { height: 4, width: 4, channels: 5 })).toThrow(/A convolution of 3 channels cannot follow a map of 5/);
  });
});
