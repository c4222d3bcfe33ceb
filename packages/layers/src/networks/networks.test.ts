import { ArgumentError, memory, openDevice, Rng, ShapeError, type Tensor, tensor, type Tensor2D, type Tensor4D, tidy, valueAndGrad, mean, meanSquaredTo, treeLeaves } from '@munit/core';
import { describe, expect, test } from 'vitest';
import { type GlobalDiscriminatorParams, type MunitGeneratorParams, multiScaleDiscriminator, munitGenerator, unitGenerator } from '../index.js';
import type { DiscriminatorArchitecture, GeneratorArchitecture } from './architecture.js';

await openDevice('cpu');

const tiny: GeneratorArchitecture = { inputDim: 3, dim: 1, mlpDim: 2, styleDim: 2, nDownsample: 2, nRes: 1, activation: 'relu', padMode: 'reflect' };
const dis: DiscriminatorArchitecture = { inputDim: 3, dim: 1, nLayer: 2, numScales: 2, norm: 'in', activation: 'lrelu', padMode: 'reflect' };
const image = (h: number, w: number, c = 3, n = 1): Tensor4D => tensor(new Rng(5).uniforms(n * h * w * c, -1, 1), [n, h, w, c]);
const codes = (n: number, length: number): Tensor2D => tensor(new Rng(6).normals(n * length), [n, length]);

describe('sizes', () => {
  const generator = munitGenerator(tiny);
  const params = generator.init(new Rng(1));

  test.each([
    [16, 16],
    [17, 22],
    [19, 33],
  ])('%i×%i comes out rounded down to a multiple of sizeMultiple', (h, w) => {
    const { sizeMultiple: m } = generator;
    expect(m).toBe(4);
    tidy(() => {
      const content = generator.encodeContent(params, image(h, w));
      expect(content.shape).toEqual([1, Math.floor(h / m), Math.floor(w / m), 4]);
      expect(generator.encodeStyle(params, image(h, w)).shape).toEqual([1, 2]);
      expect(generator.decode(params, content, codes(1, 2)).shape).toEqual([1, m * Math.floor(h / m), m * Math.floor(w / m), 3]);
    });
  });

  test.each([0, 1, 2, 3, 4])('minimumSize is taken, and one less is not (%i downsamplings)', (nDownsample) => {
    const munit = munitGenerator({ ...tiny, nDownsample });
    const munitParams = munit.init(new Rng(1));
    const unit = unitGenerator({ ...tiny, nDownsample });
    const unitParams = unit.init(new Rng(1));
    tidy(() => {
      const both = (size: number): unknown => {
        munit.encodeStyle(munitParams, image(size, 40));
        return munit.decode(munitParams, munit.encodeContent(munitParams, image(size, 40)), codes(1, 2));
      };
      both(munit.minimumSize);
      expect(() => both(munit.minimumSize - 1)).toThrow(ShapeError);
      const pass = (size: number): unknown => unit.decode(unitParams, unit.encode(unitParams, image(40, size)));
      pass(unit.minimumSize);
      expect(() => pass(unit.minimumSize - 1)).toThrow(ShapeError);
    });
  });

  test('the discriminator halves each side nLayer times, and from scale to scale rounds up', () => {
    const network = multiScaleDiscriminator(dis);
    const scores = network.apply(network.init(new Rng(1)), image(33, 20, 3, 2));
    // 33×20 → 16×10 → 8×5; pooled 17×10 → 8×5 → 4×2.
    expect(scores.map(({ shape }) => shape)).toEqual([[2, 8, 5, 1], [2, 4, 2, 1]]);
  });
});

test('decoding is the MLP, then the AdaIN decoder', async () => {
  const generator = munitGenerator({ ...tiny, nRes: 2 });
  const params = generator.init(new Rng(1));
  expect(generator.adaInCount).toBe(2 * 4 * 4);
  const content = generator.encodeContent(params, image(16, 16, 3, 2));
  const whole = generator.decode(params, content, codes(2, 2));
  const parts = generator.decodeAdaIn(params, content, generator.adaInParams(params, codes(2, 2)));
  expect(await parts.data()).toEqual(await whole.data());
});

test("UNIT's noise is added to the code", async () => {
  const generator = unitGenerator(tiny);
  const params = generator.init(new Rng(1));
  const hidden = image(4, 4, 4);
  const noise: Tensor4D = tensor(new Rng(9).normals(64), [1, 4, 4, 4]);
  const [h, n] = [await hidden.data(), await noise.data()];
  const sum: Tensor4D = tensor(Float32Array.from(h, (x, i) => x + (n[i] as number)), [1, 4, 4, 4]);
  expect(await generator.decode(params, hidden, noise).data()).toEqual(await generator.decode(params, sum).data());
});

describe('what cannot be is refused', () => {
  test.each<[Partial<Record<keyof GeneratorArchitecture | 'output', unknown>>, RegExp]>([
    [{ dim: 0 }, /munitGenerator: 'dim' must be a whole number of at least 1, but it is 0/],
    [{ nRes: 0 }, /'nRes' must be a whole number of at least 1/],
    [{ styleDim: undefined }, /'styleDim' must be a whole number of at least 1, but it is undefined/],
    [{ activation: 'swish' }, /'activation' must be one of/],
    [{ padMode: 'wrap' }, /'padMode' must be one of/],
    [{ outputs: 'tanh' } as Partial<Record<keyof GeneratorArchitecture, unknown>>, /there is no option 'outputs'/],
    [{ output: 'linear' }, /'output' must be one of tanh, clamp/],
  ])('munitGenerator %o', (options, message) => {
    const wrong = { ...tiny, ...options } as GeneratorArchitecture;
    expect(() => munitGenerator(wrong)).toThrow(ArgumentError);
    expect(() => munitGenerator(wrong)).toThrow(message);
  });

  test('discriminators have no AdaIN and no gan_type', () => {
    expect(() => multiScaleDiscriminator({ ...dis, norm: 'adain' as 'in' })).toThrow(/'norm' must be one of none, in, bn, ln, sn, but it is 'adain'/);
    expect(() => multiScaleDiscriminator({ ...dis, ganType: 'lsgan' } as DiscriminatorArchitecture)).toThrow(/there is no option 'ganType'/);
  });

  test('styles that do not fit', () => {
    const generator = munitGenerator(tiny);
    const params = generator.init(new Rng(1));
    const content = image(4, 4, 4, 2);
    expect(() => generator.decode(params, content, codes(2, 3))).toThrow(/a style code must have the shape \[N, 2\], but it is \[2, 3\]/);
    expect(() => generator.decode(params, content, codes(1, 2))).toThrow(/the style vector must have the shape \[2, 16\] .* but it is \[1, 16\].*one style for each sample/);
  });
});

describe('memory', () => {
  const generator = munitGenerator(tiny);
  const params = generator.init(new Rng(1));
  const discriminator = multiScaleDiscriminator(dis);
  const x = image(16, 16);

  test('no network leaves a tensor behind but its results', () => {
    const disParams = discriminator.init(new Rng(1));
    const before = memory().numTensors;
    const content = generator.encodeContent(params, x);
    const style = generator.encodeStyle(params, x);
    const results = [content, style, generator.decode(params, content, style), ...discriminator.apply(disParams, x)];
    expect(memory().numTensors).toBe(before + results.length);
    for (const result of results) result.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('inside one scope a network holds no more than a block or two at a time', () => {
    const deep = munitGenerator({ ...tiny, nRes: 12 });
    const deepParams = deep.init(new Rng(1));
    tidy(() => {
      const before = memory().numTensors;
      deep.encodeContent(deepParams, x);
      expect(memory().numTensors).toBe(before + 1);
    });
  });

  test('a gradient leaves the gradient and the value', () => {
    const before = memory().numTensors;
    const { value, grads } = valueAndGrad((p: MunitGeneratorParams) => {
      const y = generator.decode(p, generator.encodeContent(p, x), generator.encodeStyle(p, x));
      return { value: meanSquaredTo(y, 0.5), aux: {} };
    }, params);
    const leaves = treeLeaves<Tensor>(grads);
    expect(leaves).toHaveLength(treeLeaves<Tensor>(params).length);
    expect(memory().numTensors).toBe(before + 1 + leaves.length);
    for (const left of [value, ...leaves]) left.dispose();
  });

  test('a frozen part inside a gradient keeps what the gradient needs of it', async () => {
    // The decoder is trained, the MLP before it is not: its result is an input of what is recorded.
    const content = image(4, 4, 4);
    const { value, grads } = valueAndGrad(
      (p: Pick<MunitGeneratorParams, 'decoder'>) => ({ value: meanSquaredTo(generator.decode({ ...p, mlp: params.mlp }, content, codes(1, 2)), 0), aux: {} }),
      { decoder: params.decoder },
    );
    const all = valueAndGrad(
      (p: Pick<MunitGeneratorParams, 'decoder' | 'mlp'>) => ({ value: meanSquaredTo(generator.decode(p, content, codes(1, 2)), 0), aux: {} }),
      { decoder: params.decoder, mlp: params.mlp },
    );
    expect(await value.data()).toEqual(await all.value.data());
    const data = async (tree: MunitGeneratorParams['decoder']): Promise<unknown[]> => Promise.all(treeLeaves<Tensor>(tree).map(async (leaf) => leaf.data()));
    expect(await data(grads.decoder)).toEqual(await data(all.grads.decoder));
  });
});

describe('the network that judges whole images', () => {
  // Smooth, so that differences of steps large enough for float32 are exact enough.
  const network = multiScaleDiscriminator({ ...dis, norm: 'none', activation: 'tanh', numScales: 1, global: true });
  const params = network.init(new Rng(3), 'kaiming');
  const score = (x: Tensor4D): number => tidy(() => (network.apply(params, x)[1] as Tensor).dataSync()[0] as number);

  test('has the gradient of finite differences, with regard to the image and to its parameters', () => {
    const x = image(8, 8);
    const { grads } = valueAndGrad((own) => ({ value: mean(network.apply(params, own.x)[1] as Tensor), aux: {} }), { x });
    const { grads: ofParams } = valueAndGrad((own) => ({ value: mean(network.apply({ ...params, global: own }, x)[1] as Tensor), aux: {} }), params.global as GlobalDiscriminatorParams);
    const direction = new Rng(4).normals(8 * 8 * 3);
    const step = 2e-3;
    const moved = (by: number): number => score(tensor(Float32Array.from(x.dataSync(), (v, i) => v + by * (direction[i] as number)), [1, 8, 8, 3]));
    const slope = (moved(step) - moved(-step)) / (2 * step);
    const expected = Array.from(grads.x.dataSync()).reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
    expect(Math.abs(slope)).toBeGreaterThan(1e-2);
    expect(slope / expected).toBeCloseTo(1, 2);
    // The last bias is added to the score.
    expect(ofParams.last.bias?.dataSync()[0]).toBeCloseTo(1, 6);
    expect(treeLeaves<Tensor>(ofParams).every((g) => g.dataSync().some((v) => v !== 0))).toBe(true);
  });

  test('takes no norm that would take from its score what tells images apart', () => {
    for (const norm of ['in', 'ln', 'bn'] as const) expect(() => multiScaleDiscriminator({ ...dis, norm, global: true })).toThrow(ArgumentError);
  });
});
