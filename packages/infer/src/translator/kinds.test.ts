/** Models of every kind, served: whole and in bands, with the styles and directions that each has. */
import { bicycleGanTranslator, cycleGanTranslator, type GeneratorsArchitecture } from '@munit/formats';
import { fromOfficial } from '@munit/layers';
import { ArgumentError, memory, openDevice, tensor, type Tensor, type Tensor2D, type Tensor4D, treeLeaves } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, modelFor, noise, tinyBicycleGan, tinyCycleGan } from '../../test/models.js';
import { createTranslator, type Translator } from './translator.js';
import type { TranslateProgress } from './types.js';

const { generator: _, ...shared } = tinyCycleGan;
const unet: GeneratorsArchitecture = { ...shared, generator: 'unet', nDownsample: 4, nRes: 0, padMode: 'zero' };

const kinds: readonly (readonly [string, GeneratorsArchitecture])[] = [
  ['CycleGAN', tinyCycleGan],
  ['CycleGAN with zero padding, without norms', { ...tinyCycleGan, padMode: 'zero', norm: 'none' }],
  ['CycleGAN with noise at the input', { ...tinyCycleGan, styleDim: 2 }],
  ['CycleGAN with noise in all layers', { ...tinyCycleGan, styleDim: 2, whereAdd: 'all' }],
  ['CycleGAN with a U-Net', unet],
  ['one generator of CycleGAN', { ...tinyCycleGan, directions: 'a-to-b' }],
  ['BicycleGAN', tinyBicycleGan],
  ['BicycleGAN with bilinear up-sampling and the style at the input', { ...tinyBicycleGan, upsampling: 'bilinear', whereAdd: 'input', activation: 'lrelu', encoder: 'conv' }],
];

describe.each(kinds)('%s', (_name, architecture) => {
  const styleDim = 'styleDim' in architecture ? architecture.styleDim : 0;
  const model = modelFor(architecture);
  // Without norms nothing keeps activations small.
  const tolerance = 'norm' in architecture && architecture.norm === 'none' ? 1e-3 : 5e-5;

  it('translates as its network does, at sizes that are multiples and others', async () => {
    const device = await openDevice('simd', { threads: 1 });
    const tensors = memory().numTensors;
    const translator = await createTranslator(model, { device });
    expect(translator.styleDim).toBe(styleDim);
    const image = noise(32, 48);
    const style = Float32Array.from({ length: styleDim }, (_value, i) => 0.5 - i);
    const picture = await translator.translate(image, styleDim === 0 ? {} : { style });
    const [network, weights] =
      architecture.method === 'bicyclegan'
        ? [bicycleGanTranslator(architecture), new Map([...model.networks.b].filter(([name]) => name.startsWith('G.')).map(([name, value]) => [name.slice(2), value] as const))]
        : [cycleGanTranslator(architecture as typeof tinyCycleGan, 'b'), model.networks.b];
    const params = fromOfficial(network, weights);
    const x = tensor(Float32Array.from(image.data, (value) => value / 127.5 - 1), [1, 48, 32, 3]) as Tensor4D;
    const code = styleDim === 0 ? undefined : (tensor(style, [1, styleDim]) as Tensor2D);
    const expected = (network as { translate(params: unknown, x: Tensor4D, style?: Tensor2D): Tensor4D }).translate(params, x, code);
    expect(largestDifference(picture.values, await expected.data())).toBeLessThan(tolerance);
    for (const t of [x, expected, ...(code === undefined ? [] : [code]), ...treeLeaves<Tensor>(params)]) t.dispose();
    for (const [width, height] of [[33, 21], [5, 9]] as const) {
      const other = await translator.translate(noise(width, height));
      expect([other.width, other.height]).toEqual([width, height]);
    }
    await translator.warmUp();
    translator.dispose();
    expect(memory().numTensors).toBe(tensors);
    device.dispose();
  });

  it('gives the same in bands, and tells its progress', async () => {
    const [width, height] = [64, 208];
    const image = noise(width, height);
    const whole = await createTranslator(model, { device: 'simd', threads: 1 });
    const { peakBytes } = whole.estimateTranslation({ width, height });
    const banded = await createTranslator(model, { device: 'simd', threads: 1, memoryLimit: Math.round(peakBytes / 2) });
    expect(banded.estimateTranslation({ width, height })).toMatchObject({ fits: false, bands: { rows: expect.any(Number) as number } });
    const options = styleDim === 0 ? {} : { seed: 3 };
    const events: TranslateProgress[] = [];
    const got = await banded.translate(image, { ...options, onProgress: (progress) => events.push(progress) });
    expect(largestDifference(got.values, (await whole.translate(image, options)).values)).toBeLessThan(tolerance);
    const bands = events.filter((event) => event.kind === 'band');
    expect(bands.map(({ done }) => done)).toEqual(bands.map((_event, i) => i));
    expect(new Set(bands.map(({ total }) => total))).toEqual(new Set([bands.length]));
    for (const translator of [whole, banded]) translator.dispose();
  });
});

describe('what a model does not have is refused by name', () => {
  let translators: Translator[];
  beforeAll(async () => {
    translators = await Promise.all([tinyCycleGan, { ...tinyCycleGan, styleDim: 2, whereAdd: 'all' as const }, tinyBicycleGan].map((architecture) => createTranslator(modelFor(architecture), { device: 'simd', threads: 1 })));
  });
  afterAll(() => translators.forEach((translator) => translator.dispose()));
  const image = noise(32, 32);

  it('styles, where there are none', async () => {
    const [cycle] = translators as [Translator];
    await expect(cycle.translate(image, { styles: 2 })).rejects.toThrow(/'styles' was given, but this model has no styles/);
    await expect(cycle.styleOf(image)).rejects.toThrow(/styleOf needs styles, but this is a CycleGAN model, which has none/);
    expect(() => cycle.sampleStyles(1)).toThrow(ArgumentError);
    expect((await cycle.translate(image, { to: 'a' })).width).toBe(32);
    expect((await cycle.reconstruct(image)).width).toBe(32);
  });

  it('examples, where styles are noise', async () => {
    const [, noisy] = translators as [Translator, Translator];
    const pictures = await noisy.translate(image, { styles: 2, seed: 1 });
    expect(largestDifference(pictures[0]!.values, pictures[1]!.values)).toBeGreaterThan(1e-3);
    await expect(noisy.translate(image, { example: image })).rejects.toThrow(/styleOf needs a style encoder of domain b, which this CycleGAN model does not have/);
    await expect(noisy.reconstruct(image)).rejects.toThrow(/reconstruct needs a style encoder of domain a/);
  });

  it('the other direction, where there is one only', async () => {
    const [, , bicycle] = translators as [Translator, Translator, Translator];
    await expect(bicycle.translate(image, { to: 'a' })).rejects.toThrow(/no generator of images of domain a: it translates to b only/);
    await expect(bicycle.reconstruct(image)).rejects.toThrow(/no generator of images of domain a/);
    const style = await bicycle.styleOf(noise(40, 24));
    expect(style).toHaveLength(3);
    expect((await bicycle.translate(image, { example: noise(40, 24) })).values).toEqual((await bicycle.translate(image, { style })).values);
    expect((await bicycle.reconstruct(image, { domain: 'b' })).width).toBe(32);
  });
});
