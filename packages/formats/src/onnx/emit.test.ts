/** Each kind of node in ONNX, held against what it runs as here. */
import { openDevice, type Params, Rng, type Tensor, tensor, type Tensor2D, treeEntries } from '@munit/core';
import { batchNorm, convolution, identityPart, type LayerNode, type OfficialTensor, type Part, runnerOf, toOfficialActivation, toOfficialLayout, transposedConvolution } from '@munit/layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { largestDifference } from '../../test/reference.js';
import { emit } from './emit.js';
import { GraphBuilder } from './graph.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const bare = (node: LayerNode): Part => ({ key: '', name: '', node });
const named = (key: string, layer: { describe(): LayerNode }): Part => ({ key, name: key, node: layer.describe() });
const chain = (...parts: readonly Part[]): LayerNode => ({ op: 'sequence', parts });

/** Layers by their keys; each test's node names some of them. */
const layers = {
  cycleGan: transposedConvolution({ inChannels: 3, outChannels: 4, kernel: 3, stride: 2, padding: 1, outputPadding: 1 }),
  uNet: transposedConvolution({ inChannels: 3, outChannels: 2, kernel: 4, stride: 2, padding: 1, bias: false }),
  wide: convolution({ inChannels: 3, outChannels: 2, kernel: 1, kernelWidth: 3, bias: false }),
  norm: batchNorm(3),
  shortcut: convolution({ inChannels: 3, outChannels: 2, kernel: 1 }),
};

const cases: readonly (readonly [string, LayerNode])[] = [
  ['transposed convolution with output padding', chain(named('cycleGan', layers.cycleGan))],
  ['transposed convolution without bias', chain(named('uNet', layers.uNet))],
  ['a border of columns and a kernel of one row', chain(bare({ op: 'pad', padMode: 'reflect', rows: 0, columns: 1 }), named('wide', layers.wide))],
  ['batch norm by its averages', chain(named('norm', layers.norm))],
  ['bilinear up-sampling', bare({ op: 'upsample', mode: 'bilinear', factor: 2, alignCorners: false }).node],
  ['bilinear up-sampling, corners aligned', bare({ op: 'upsample', mode: 'bilinear', factor: 2, alignCorners: true }).node],
  ['a blur', bare({ op: 'blurPool', channels: 3, size: 3 }).node],
  ['dropout', bare({ op: 'dropout', rate: 0.5 }).node],
  ['a code at every pixel', bare({ op: 'appendCode', channels: 4 }).node],
  [
    'a residual sum with a shortcut',
    {
      op: 'residual',
      body: bare(chain(bare({ op: 'pad', padMode: 'replicate', rows: 0, columns: 1 }), named('wide', layers.wide))),
      shortcut: named('shortcut', layers.shortcut),
    },
  ],
  ['a skip connection', { op: 'branches', branches: [named('norm', layers.norm), identityPart] }],
  ['average pooling with its border', bare({ op: 'pool', take: 'average', size: 3, stride: 1, padding: 1, countIncludePad: true }).node],
  ['average pooling without', bare({ op: 'pool', take: 'average', size: 3, stride: 2, padding: 1 }).node],
  ['max pooling with a border', bare({ op: 'pool', take: 'max', size: 3, stride: 1, padding: 1 }).node],
  ['max pooling with a partial window', bare({ op: 'pool', take: 'max', size: 3, stride: 2, padding: 0, partial: true }).node],
];

test.each(cases)('%s', async (_, node) => {
  const [n, h, w, c] = [2, 6, 9, 3];
  const drawn = Object.fromEntries(Object.entries(layers).map(([key, layer], i) => [key, layer.init(new Rng(20 + i)) as Params]));
  // Averages that change something.
  const params: Params = { ...drawn, norm: { ...(drawn['norm'] as Readonly<Record<string, Params>>), running: { mean: tensor([0.5, -1, 2]), variance: tensor([0.25, 2, 4]) } } };
  const x = tensor(new Rng(3).normals(n * h * w * c), [n, h, w, c]);
  const code = tensor(new Rng(4).normals(n * 4), [n, 4]) as Tensor2D;
  const ours = await read(runnerOf('emit', node).run(params, x, { code }));

  const graph = new GraphBuilder();
  const weights = new Map(await Promise.all(treeEntries<Tensor>(params).map(async ({ path, leaf }) => [path, await read(leaf)] as const)));
  const weight = (path: string): string => {
    const found = weights.get(path);
    if (found === undefined) throw new Error(`no weight at ${path}`);
    const { shape, data } = toOfficialLayout(found.shape.length === 4 ? 'conv' : 'plain', found);
    return graph.floats(path, shape, data);
  };
  const y = emit({ graph, weight, code: graph.input('code', ['n', 4]) }, node, '', graph.input('x', ['n', c, 'h', 'w']));
  graph.output('y', y, ['n', 'c', 'oh', 'ow']);
  const session = await InferenceSession.create(graph.done('test', {}), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const image = toOfficialActivation(await read(x));
  const { y: theirs } = await session.run({ x: onnx(image), code: onnx(await read(code)) });
  await session.release();
  const expected = toOfficialActivation(ours);
  expect(theirs?.dims).toEqual(expected.shape);
  expect(largestDifference(expected.data, theirs?.data as Float32Array)).toBeLessThan(1e-5);
});

const read = async (x: Tensor): Promise<OfficialTensor> => ({ shape: x.shape, data: new Float32Array(await x.data()) });
const onnx = ({ shape, data }: OfficialTensor): OnnxTensor => new OnnxTensor('float32', data, [...shape]);
