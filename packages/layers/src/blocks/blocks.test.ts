/** What layers.safetensors has no case of: closed forms, errors, memory. */
import { ArgumentError, sliceFeatures as sliceColumns, memory, openDevice, Rng, ShapeError, type Tensor, tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { describe, expect, test } from 'vitest';
import { adaptiveInstanceNorm, convBlock, convolution, type ConvBlockOptions, layerNorm, linearBlock, residualBlock } from '../index.js';

await openDevice('cpu');

const read = async (x: Tensor): Promise<number[]> => [...(await x.data())];
const matrix = (rows: readonly (readonly number[])[]): Tensor2D => tensor(rows.flat(), [rows.length, rows[0]?.length ?? 0]);
const expectAll = (got: readonly number[], expected: readonly number[]): void => {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 4));
};

/** Less the mean, over √(biased variance + 1e-5). */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return values.map((x) => (x - mean) / Math.sqrt(variance + 1e-5));
}

describe('linear blocks', () => {
  // The identity, so that only the norm is seen.
  const params = { dense: { weight: matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), bias: tensor([0, 0, 0], [3]) } } as const;
  const rows = [[1, -2, 4], [0.5, 3, -1]];

  test('in normalises each sample over its features', async () => {
    const block = linearBlock({ inFeatures: 3, outFeatures: 3, norm: 'in', activation: 'none' });
    expectAll(await read(block.apply(params as never, matrix(rows))), rows.flatMap(standardised));
  });

  test('bn normalises each feature over the samples, then scales and shifts', async () => {
    const block = linearBlock({ inFeatures: 3, outFeatures: 3, norm: 'bn', activation: 'none' });
    const norm = { scale: tensor([2, 1, 1], [3]), shift: tensor([0, 0, 5], [3]) };
    const columns = [0, 1, 2].map((c) => standardised(rows.map((row) => row[c] as number)));
    const expected = [0, 1].flatMap((n) => columns.map((column, c) => (column[n] as number) * (c === 0 ? 2 : 1) + (c === 2 ? 5 : 0)));
    expectAll(await read(block.apply({ ...params, norm } as never, matrix(rows))), expected);
  });

  test.each([
    ['lrelu', (x: number) => (x > 0 ? x : 0.2 * x)],
    ['selu', (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
    ['prelu', (x: number) => (x > 0 ? x : 0.5 * x)],
  ] as const)('%s', async (activation, f) => {
    const block = linearBlock({ inFeatures: 3, outFeatures: 3, activation });
    const slope = activation === 'prelu' ? { slope: tensor([0.5], [1]) } : {};
    expectAll(await read(block.apply({ ...params, ...slope } as never, matrix(rows))), rows.flat().map(f));
  });
});

test('AdaIN: shift first, then scale, both raw', async () => {
  const x: Tensor4D = tensor([1, 10, 3, 30], [1, 1, 2, 2]); // channels [1, 3] and [10, 30]
  const [low, high] = [standardised([1, 3]), standardised([10, 30])] as [number[], number[]];
  const y = adaptiveInstanceNorm(2).apply(x, matrix([[7, 5, 2, 3]])); // β = 7, 5; γ = 2, 3
  expectAll(await read(y), [0, 1].flatMap((i) => [2 * (low[i] as number) + 7, 3 * (high[i] as number) + 5]));
});

test('a layer norm of features is that of an image of one pixel', async () => {
  const norm = layerNorm(3);
  const params = { scale: tensor([1, 2, 3], [3]), shift: tensor([0, 0, 1], [3]) } as never;
  const [mean, std] = [1, Math.sqrt((0 + 9 + 9) / 2)];
  const expected = [1, -2, 4].map((x, i) => ((x - mean) / (std + 1e-5)) * (i + 1) + (i === 2 ? 1 : 0));
  expectAll(await read(norm.apply(params, matrix([[1, -2, 4]]))), expected);
  const pixel: Tensor4D = tensor([1, -2, 4], [1, 1, 1, 3]);
  expectAll(await read(norm.apply(params, pixel)), expected);
});

test.each(['none', 'in', 'ln', 'bn', 'sn', 'adain'] as const)('a residual block with the norm %s adds its input', async (norm) => {
  const block = residualBlock({ channels: 2, norm, padMode: 'reflect' });
  const params = block.init(new Rng(1));
  const x: Tensor4D = tensor(new Rng(2).normals(2 * 4 * 5 * 2), [2, 4, 5, 2]);
  const style: Tensor2D = tensor(new Rng(3).normals(16), [2, 8]);
  const convolutions = { inChannels: 2, outChannels: 2, kernel: 3, padding: 1, padMode: 'reflect', norm } as const;
  const styleAt = (from: number): Tensor2D | undefined => (norm === 'adain' ? sliceColumns(style, from, 4) : undefined);
  const inner = convBlock(convolutions).apply(params.first, x, styleAt(0));
  const branch = await read(convBlock({ ...convolutions, activation: 'none' }).apply(params.second, inner, styleAt(4)));
  const values = await read(x);
  expectAll(await read(block.apply(params, x, norm === 'adain' ? style : undefined)), branch.map((y, i) => y + (values[i] as number)));
  expect(block.adaInCount).toBe(norm === 'adain' ? 8 : 0);
});

describe('what cannot be is refused', () => {
  const good = { inChannels: 1, outChannels: 1, kernel: 3 } as const;
  const image = (h: number, w: number, c = 1): Tensor4D => tensor(new Float32Array(h * w * c), [1, h, w, c]);

  test.each<[object, RegExp]>([
    [{ dilation: 2 }, /convBlock: there is no option 'dilation'\. Known options: inChannels/],
    [{ norm: 'group' }, /'norm' must be one of none, in, bn, ln, adain, sn, but it is 'group'/],
    [{ activation: 'gelu' }, /'activation' must be one of relu, .*, but it is 'gelu'/],
    [{ padMode: 'circular' }, /'padMode' must be one of reflect, replicate, zero, but it is 'circular'/],
    [{ stride: 0 }, /'stride' must be a whole number of at least 1, but it is 0/],
    [{ inChannels: 1.5 }, /'inChannels' must be a whole number of at least 1, but it is 1\.5/],
  ])('%o', (options, message) => {
    const wrong: ConvBlockOptions = { ...good, ...options };
    expect(() => convBlock(wrong)).toThrow(ArgumentError);
    expect(() => convBlock(wrong)).toThrow(message);
  });

  test('images that do not fit', () => {
    const block = convBlock({ ...good, padding: 1, padMode: 'reflect', norm: 'in' });
    const params = block.init(new Rng(1));
    expect(() => block.apply(params, image(4, 4, 3))).toThrow(/has 3 channels, but 'weights' .* take 1/);
    expect(() => block.apply(params, image(1, 4))).toThrow(/reflect padding of 1 needs an input larger than 1×1, but it is 1×4/);
    const valid = convBlock({ ...good, norm: 'in' });
    expect(() => valid.apply(valid.init(new Rng(1)), image(3, 3))).toThrow(ShapeError);
    expect(() => valid.apply(valid.init(new Rng(1)), image(3, 3))).toThrow(/norm 'in' needs more than one value per channel.*Use a larger image/);
    const batch = convBlock({ ...good, norm: 'bn' });
    expect(() => batch.apply(batch.init(new Rng(1)), image(3, 3))).toThrow(/Use a larger batch or image/);
  });

  test('AdaIN without its parameters, and parameters without AdaIN', () => {
    const style = matrix([[0, 1]]);
    const needing = convBlock({ ...good, norm: 'adain' });
    expect(() => needing.apply(needing.init(new Rng(1)), image(5, 5))).toThrow(/convBlock: a style vector of 2 AdaIN parameters per sample is required/);
    const other = convBlock({ ...good, norm: 'in' });
    expect(() => other.apply(other.init(new Rng(1)), image(5, 5), style)).toThrow(/takes no AdaIN parameters/);
    const residual = residualBlock({ channels: 1, norm: 'adain' });
    expect(() => residual.apply(residual.init(new Rng(1)), image(5, 5))).toThrow(/residualBlock: a style vector of 4 AdaIN parameters per sample is required/);
  });

  test('a prelu without its slope', () => {
    const block = convBlock({ ...good, activation: 'prelu' });
    const { conv } = block.init(new Rng(1));
    expect(() => block.apply({ conv }, image(5, 5))).toThrow(/nothing at 'slope'/);
  });
});

test('no block leaves a tensor behind but its result', () => {
  const x: Tensor4D = tensor(new Rng(1).normals(2 * 6 * 6 * 2), [2, 6, 6, 2]);
  const style: Tensor2D = tensor(new Rng(3).normals(16), [2, 8]);
  const common = { inChannels: 2, outChannels: 2, kernel: 3, activation: 'prelu' } as const;
  const blocks = (['none', 'in', 'ln', 'bn', 'sn'] as const).map((norm) => convBlock({ ...common, norm }));
  const params = blocks.map((block) => block.init(new Rng(2)));
  const residual = residualBlock({ channels: 2, norm: 'adain' });
  const residualParams = residual.init(new Rng(2));
  const plain = convolution({ inChannels: 2, outChannels: 1, kernel: 1 });
  const plainParams = plain.init(new Rng(2));
  const before = memory().numTensors;
  blocks.forEach((block, i) => block.apply(params[i] as never, x));
  residual.apply(residualParams, x, style);
  plain.apply(plainParams, x);
  expect(memory().numTensors).toBe(before + blocks.length + 2);
});
