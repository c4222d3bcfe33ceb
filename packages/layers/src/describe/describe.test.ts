/** Descriptions, held against what layers do: run node by node, without fusing anything, by ops chosen from the nodes' own constants. */
import { activate, add, averagePool2d, sliceFeatures, conv2d, globalAveragePool, linear, maxPool2d, normalize, openDevice, type Params, prelu, reshape, Rng, spectralNormalize, type Tensor, tensor, type Tensor1D, type Tensor2D, type Tensor4D, treeEntries } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ActivationNode,
  adaptiveInstanceNorm,
  alexnet,
  contentEncoder,
  convBlock,
  convolution,
  decoder,
  joinPath,
  layerNorm,
  type LayerNode,
  linearBlock,
  type MapSize,
  mlp,
  multiScaleDiscriminator,
  munitGenerator,
  type OfficialLayer,
  officialParameters,
  type ParameterSpec,
  partsOf,
  residualBlock,
  styleColumns,
  styleEncoder,
  trace,
  unitGenerator,
  vgg16,
} from '../index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

type Lookup = (path: string) => Tensor;

const lookupIn = (params: Params): Lookup => {
  const all = new Map(treeEntries<Tensor>(params).map(({ path, leaf }) => [path, leaf]));
  return (path) => {
    const found = all.get(path);
    if (found === undefined) throw new Error(`the description names '${path}', and the parameters have ${[...all.keys()].join(', ')}`);
    return found;
  };
};

/** The map behind each part with a tap. */
type Taps = Map<string, Tensor>;

interface Style {
  readonly vector: Tensor2D | undefined;
  at: number;
}

function interpret(node: LayerNode, path: string, get: Lookup, x: Tensor, style: Style, taps: Taps = new Map()): Tensor {
  const weight = (spectral: boolean): Tensor => {
    const raw = get(joinPath(path, 'weight'));
    return spectral ? spectralNormalize(raw, { u: own('spectral.u'), v: own('spectral.v') }) : raw;
  };
  const own = (name: string): Tensor1D => get(joinPath(path, name)) as Tensor1D;
  switch (node.op) {
    case 'convolution': {
      const { stride, padding, padMode, upsample } = node;
      return conv2d(x as Tensor4D, weight(node.spectral) as Tensor4D, own('bias'), { stride, pad: { mode: padMode, size: padding }, upsample });
    }
    case 'dense':
      return linear(x as Tensor2D, weight(node.spectral) as Tensor2D, own('bias'));
    case 'norm': {
      const [n, f] = x.shape as [number, number];
      const image = x.rank === 4 ? (x as Tensor4D) : reshape<Tensor4D>(x, node.norm === 'in' ? [n, f, 1, 1] : [n, 1, 1, f]);
      let affine: { readonly scale?: Tensor1D | Tensor2D; readonly shift?: Tensor1D | Tensor2D } = {};
      if (node.norm === 'ln' || node.norm === 'bn') affine = { scale: own('scale'), shift: own('shift') };
      if (node.norm === 'adain') {
        const vector = style.vector as Tensor2D;
        affine = { shift: sliceFeatures(vector, style.at, node.channels), scale: sliceFeatures(vector, style.at + node.channels, node.channels) };
        style.at += 2 * node.channels;
      }
      return reshape(normalize(image, { over: node.over, epsilon: node.epsilon, ...affine }), x.shape);
    }
    case 'activation': {
      if (node.activation === 'prelu') return prelu(x, get(path) as Tensor1D);
      const y = activate(x, node.activation);
      expectConstants(node, x, y);
      return y;
    }
    case 'pool':
      return node.take === 'max' ? maxPool2d(x as Tensor4D, { size: node.size }) : averagePool2d(x as Tensor4D);
    case 'globalAveragePool':
      return reshape(globalAveragePool(x as Tensor4D), [x.shape[0], 1, 1, x.shape[3] as number]);
    case 'flatten':
      return reshape(x, [x.shape[0], x.size / x.shape[0]]);
    case 'colours': {
      const { from, gain, offset } = node;
      const rows = [0, 1, 2].flatMap((channel) => from.map((source, c) => (source === channel ? (gain[c] as number) : 0)));
      return conv2d(x as Tensor4D, tensor(rows, [1, 1, 3, 3]), tensor([...offset], [3]));
    }
    case 'sequence': {
      let y = x;
      for (const part of node.parts) {
        y = interpret(part.node, joinPath(path, part.key), get, y, style, taps);
        if (part.tap !== undefined) taps.set(part.tap, y);
      }
      return y;
    }
    case 'residual':
      return add(interpret(node.body.node, joinPath(path, node.body.key), get, x, style, taps), x);
    default:
      throw new Error(`${node.op} is not one chain`);
  }
}

/** The node's own constants make of x what the op made of it. */
function expectConstants({ activation, slope, selu }: ActivationNode, x: Tensor, y: Tensor): void {
  if (activation === 'tanh') return;
  const given = x.dataSync();
  const negative = (v: number): number => (selu === undefined ? v * (slope as number) : selu.scale * selu.alpha * Math.expm1(v));
  const worst = Array.from(y.dataSync()).reduce((most, value, i) => {
    const v = given[i] as number;
    const expected = v > 0 ? v * (selu?.scale ?? 1) : negative(v);
    return Math.max(most, Math.abs(value - expected) / (1e-3 + Math.abs(expected)));
  }, 0);
  expect(worst).toBeLessThan(1e-5);
}

const random = (shape: readonly number[], seed: number): Tensor => tensor(new Rng(seed).normals(shape.reduce((a, b) => a * b, 1)), [...shape]);
const image = (h: number, w: number, c: number, n = 2): Tensor4D => random([n, h, w, c], 5) as Tensor4D;

async function expectSame(ours: Tensor, theirs: Tensor): Promise<void> {
  expect(theirs.shape).toEqual(ours.shape);
  const [a, b] = [await ours.data(), await theirs.data()];
  expect(a.some((value) => value !== 0)).toBe(true);
  expect(b).toEqual(a);
}

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
const cases: readonly (readonly [string, Case])[] = [
  ...norms.map((norm) => [`convBlock ${norm}`, chain(convBlock({ ...conv, norm, activation: 'lrelu' }), (l, p, x, s) => l.apply(p, x, s), () => image(6, 5, 3))] as const),
  ...activations.map((activation) => [`convBlock ${activation}`, chain(convBlock({ ...conv, norm: 'in', activation, stride: 2, padMode: 'replicate' }), (l, p, x) => l.apply(p, x), () => image(7, 5, 3))] as const),
  ...norms.filter((norm) => norm !== 'adain').map((norm) => [`linearBlock ${norm}`, chain(linearBlock({ inFeatures: 4, outFeatures: 3, norm, activation: 'prelu' }), (l, p, x) => l.apply(p, x), () => random([3, 4], 7))] as const),
  ...norms.map((norm) => [`residualBlock ${norm}`, chain(residualBlock({ channels: 3, norm }), (l, p, x, s) => l.apply(p, x, s), () => image(6, 5, 3))] as const),
  ['residualBlock selu', chain(residualBlock({ channels: 3, norm: 'none', activation: 'selu' }), (l, p, x) => l.apply(p, x), () => image(6, 5, 3))],
  ['convolution', chain(convolution({ ...conv, upsample: 2, spectral: true }), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ['layerNorm', chain(layerNorm(3), (l, p, x) => l.apply(p, x), () => image(4, 5, 3))],
  ['adaptiveInstanceNorm', chain(adaptiveInstanceNorm(3), (l, _, x, s) => l.apply(x, s), () => image(4, 5, 3))],
  ['contentEncoder', chain(contentEncoder({ inChannels: 3, channels: 2, nDownsample: 2, nRes: 2, ...border }), (l, p, x) => l.apply(p, x), () => image(17, 16, 3))],
  ['styleEncoder', chain(styleEncoder({ inChannels: 3, channels: 2, styleDim: 3, nDownsample: 3, ...border }), (l, p, x) => l.apply(p, x), () => image(16, 19, 3))],
  ['decoder with AdaIN', chain(decoder({ inChannels: 8, outChannels: 3, nUpsample: 2, nRes: 2, ...border }), (l, p, x, s) => l.apply(p, x, s), () => image(4, 5, 8))],
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
    await expectSame(apply(params as never, input as never, style as never), interpret(node, '', lookupIn(params), input, { vector: style, at: 0 }));
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

describe('a description names all parameters', () => {
  const everything: readonly (readonly [string, OfficialLayer])[] = [
    ...cases.map(([name, { layer }]) => [name, layer] as const),
    ['munitGenerator', munitGenerator({ inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 2, nRes: 2, activation: 'prelu', padMode: 'zero' })],
    ['unitGenerator', unitGenerator({ inputDim: 3, dim: 2, nDownsample: 2, nRes: 2, ...border })],
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
    for (const [, layer] of everything) check(layer.describe());
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

  test('channels that do not fit are refused', () => {
    expect(() => trace(convBlock(conv).describe(), { height: 4, width: 4, channels: 5 })).toThrow(/A convolution of 3 channels cannot follow a map of 5/);
  });
});
