import { ArgumentError, memory, openDevice, Rng, type Tensor, type Tensor2D, type Tensor4D, tensor, tidy, treeEntries, treeLeaves, valueAndGrad, meanSquaredTo } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { convBlock, type ConvBlockParams, convolution, linearBlock, multiScaleDiscriminator, munitGenerator, advancePowerIteration, stateTensors, trainable, withoutSpectralNorm, withState } from '../index.js';
import { type Initializer, orthogonalMatrix } from './initializers.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const moments = (values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } => {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length) };
};

describe('initialisers', () => {
  // 3·3·32 inputs of each of 64 outputs.
  const layer = convolution({ inChannels: 32, outChannels: 64, kernel: 3 });
  const drawn = async (initializer?: Initializer): Promise<{ weight: Float32Array; bias: Float32Array }> => {
    const { weight, bias } = layer.init(new Rng(1), initializer);
    return { weight: Float32Array.from(await weight.data()), bias: Float32Array.from((await bias?.data()) ?? []) };
  };

  test.each([
    ['kaiming', Math.sqrt(2 / 288)],
    ['xavier', Math.sqrt(2) * Math.sqrt(2 / (288 + 576))],
    ['gaussian', 0.02],
    ['default', 1 / Math.sqrt(288) / Math.sqrt(3)],
    ['orthogonal', Math.sqrt(2 / 288)],
  ] as const)('%s has the known deviation, and biases of 0', async (initializer, deviation) => {
    const { weight, bias } = await drawn(initializer);
    const found = moments(weight);
    expect(found.deviation / deviation).toBeGreaterThan(0.98);
    expect(found.deviation / deviation).toBeLessThan(1.02);
    expect(Math.abs(found.mean)).toBeLessThan(0.03 * deviation);
    expect([...bias]).toEqual(Array.from({ length: 64 }, () => 0));
  });

  test('kaiming is the default, gaussian that of discriminators; the same seed gives the same values', async () => {
    expect((await drawn()).weight).toEqual((await drawn('kaiming')).weight);
    const dis = multiScaleDiscriminator({ inputDim: 3, dim: 32, nLayer: 2, numScales: 1, norm: 'none', activation: 'lrelu', padMode: 'zero' });
    const weight = dis.init(new Rng(2)).scales[0]?.blocks[1]?.conv.weight;
    expect(moments((await weight?.data()) ?? []).deviation).toBeCloseTo(0.02, 3);
  });

  test('kaiming is normal: a third of the values is beyond one deviation', async () => {
    const { weight } = await drawn('kaiming');
    const beyond = weight.filter((x) => Math.abs(x) > Math.sqrt(2 / 288)).length / weight.length;
    expect(beyond).toBeCloseTo(0.3173, 1);
  });

  test('default is uniform in ±1 / √fan_in', async () => {
    const { weight } = await drawn('default');
    const largest = weight.reduce((m, x) => Math.max(m, Math.abs(x)), 0) * Math.sqrt(288);
    expect(largest).toBeLessThanOrEqual(1);
    expect(largest).toBeGreaterThan(0.999);
  });

  test.each([
    [5, 3],
    [3, 5],
    [4, 4],
  ])('an orthogonal matrix of %i × %i has orthonormal columns or rows, whichever are fewer', (rows, columns) => {
    const q = orthogonalMatrix(rows, columns, new Rng(3));
    const [count, at] = columns <= rows ? [columns, (i: number, k: number) => q[k * columns + i]] : [rows, (i: number, k: number) => q[i * columns + k]];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let dot = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) dot += (at(i, k) as number) * (at(j, k) as number);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });

  test('norms, slopes and layers under spectral norm start as the published ones', async () => {
    const read = async (x: Tensor | undefined): Promise<number[]> => [...((await x?.data()) ?? [])];
    const common = { inChannels: 4, outChannels: 200, kernel: 3 } as const;
    const layer = convBlock({ ...common, norm: 'ln', activation: 'prelu' }).init(new Rng(4));
    const gamma = moments(await read(layer.norm?.scale));
    expect(gamma.mean).toBeCloseTo(0.5, 1);
    expect(gamma.deviation).toBeCloseTo(Math.sqrt(1 / 12), 1);
    expect(new Set(await read(layer.norm?.shift))).toEqual(new Set([0]));
    expect(await read(layer.slope)).toEqual([0.25]);
    expect(new Set(await read(convBlock({ ...common, norm: 'bn' }).init(new Rng(4)).norm?.scale))).toEqual(new Set([1]));

    // weights_init passes over them: PyTorch's default remains, whatever the initialiser; u and v have length 1.
    const { conv } = convBlock({ ...common, norm: 'sn' }).init(new Rng(4), 'gaussian');
    expect(moments(await read(conv.weight)).deviation).toBeCloseTo(1 / Math.sqrt(36) / Math.sqrt(3), 2);
    expect(moments(await read(conv.bias)).deviation).toBeCloseTo(1 / Math.sqrt(36) / Math.sqrt(3), 1);
    for (const [vector, length] of [[conv.spectral?.u, 200], [conv.spectral?.v, 36]] as const) {
      const values = await read(vector);
      expect(values).toHaveLength(length);
      expect(values.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
    }
  });
});

describe("spectral norm's state", () => {
  const dis = multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 2, numScales: 2, norm: 'sn', activation: 'lrelu', padMode: 'zero' });
  const paths = (tree: object): string[] => treeEntries<Tensor>(tree as Record<string, Tensor>).map(({ path }) => path);

  test('is all that `trainable` leaves out, and `withState` brings back', () => {
    const params = dis.init(new Rng(1));
    const trained = trainable(params);
    expect(paths(params).filter((path) => !paths(trained).includes(path))).toEqual(
      ['scales.0', 'scales.1'].flatMap((scale) => [`${scale}.blocks.1.conv.spectral.u`, `${scale}.blocks.1.conv.spectral.v`]),
    );
    expect(paths(withState(trained, params))).toEqual(paths(params));
    expect(treeLeaves<Tensor>(withState(trained, params))).toEqual(treeLeaves<Tensor>(params));
    expect(stateTensors(params)).toHaveLength(4);
    expect(() => withState(trained, {} as typeof params)).toThrow(ArgumentError);
  });

  test('a power iteration makes new u and v, the caller’s, and shares the weights', () => {
    const params = dis.init(new Rng(1));
    const before = memory().numTensors;
    const next = advancePowerIteration(params);
    expect(memory().numTensors).toBe(before + 4);
    expect(treeLeaves<Tensor>(trainable(next))).toEqual(treeLeaves<Tensor>(trainable(params)));
    expect(stateTensors(next).some((vector) => stateTensors(params).includes(vector))).toBe(false);
    for (const vector of stateTensors(next)) vector.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('iterated, the weight in use has the largest singular value 1', async () => {
    const block = linearBlock({ inFeatures: 3, outFeatures: 2, norm: 'sn', activation: 'none' });
    const zero = tensor([0, 0], [2]);
    // Singular values 5 and 2: rows [3, 4, 0] and [0, 0, 2] of PyTorch's [out, in].
    const weight = tensor([3, 0, 4, 0, 0, 2], [3, 2]);
    let params = { dense: { ...block.init(new Rng(1)).dense, weight, bias: zero } } as ReturnType<typeof block.init>;
    for (let i = 0; i < 30; i++) params = advancePowerIteration(params);
    const x = tensor([0.6, 0.8, 0], [1, 3]);
    expect((await block.apply(params, x as never).data())[0]).toBeCloseTo(1, 5);
  });

  test('taken out of a generator, it leaves the same images, by divided weights and the same biases', async () => {
    const sizes = { inputDim: 3, dim: 2, mlpDim: 4, styleDim: 3, nDownsample: 1, nRes: 1, activation: 'relu', padMode: 'zero', blurDown: true } as const;
    const [spectral, plain] = [munitGenerator({ ...sizes, spectralNorm: true }), munitGenerator(sizes)];
    const params = advancePowerIteration(spectral.init(new Rng(1)));
    const before = memory().numTensors;
    const divided = withoutSpectralNorm(params);
    // All its tensors are its own, and nothing else is left.
    expect(memory().numTensors - before).toBe(treeLeaves<Tensor>(divided).length);
    expect(treeLeaves<Tensor>(divided).some((leaf) => treeLeaves<Tensor>(params).includes(leaf))).toBe(false);
    // 7×7, one halving and two of a block; 7×7, four halvings and 1×1; two of a block, a doubling and 7×7. The MLP has none.
    expect(stateTensors(params)).toHaveLength(2 * (4 + 6 + 4));
    expect(paths(divided)).toEqual(paths(plain.init(new Rng(1))));
    const x: Tensor4D = tensor(new Rng(2).normals(16 * 16 * 3), [1, 16, 16, 3]);
    const style: Tensor2D = tensor([0.5, -1, 2], [1, 3]);
    const [expected, found] = [spectral, plain].map((layer, i) => layer.decode(i === 0 ? params : divided, layer.encodeContent(i === 0 ? params : divided, x), style));
    expect(await found?.data()).toEqual(await expected?.data());
    expect(await divided.mlp.layers[0]?.dense.weight.data()).toEqual(await params.mlp.layers[0]?.dense.weight.data());
    expect(await divided.decoder.last.conv.weight.data()).not.toEqual(await params.decoder.last.conv.weight.data());
  });

  test('without spectral norm there is none, and nothing is copied', () => {
    const params = convBlock({ inChannels: 1, outChannels: 1, kernel: 3 }).init(new Rng(1));
    expect(advancePowerIteration(params)).toBe(params);
    expect(stateTensors(params)).toEqual([]);
  });

  test('the trained part alone cannot be applied, and says what to do', () => {
    const x: Tensor4D = tensor(new Float32Array(16 * 16 * 3), [1, 16, 16, 3]);
    expect(() => dis.apply(trainable(dis.init(new Rng(1))), x)).toThrow(/needs its u and v.*withState\(trained, params\)/);
  });

  test('gradients run through the weights and not through the state', () => {
    const block = convBlock({ inChannels: 3, outChannels: 2, kernel: 3, norm: 'sn' });
    const params = advancePowerIteration(block.init(new Rng(1)));
    const x: Tensor4D = tensor(new Rng(2).normals(75), [1, 5, 5, 3]);
    const before = memory().numTensors;
    const { value, grads } = valueAndGrad(
      (trained: ConvBlockParams) => ({ value: meanSquaredTo(block.apply(withState(trained, params), x), 1), aux: {} }),
      trainable(params),
    );
    expect(paths(grads)).toEqual(['conv.weight', 'conv.bias']);
    expect(memory().numTensors).toBe(before + 3);
    tidy(() => undefined);
    for (const left of [value, ...treeLeaves<Tensor>(grads)]) left.dispose();
  });
});
