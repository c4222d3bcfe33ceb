import { memory } from '@munit/core';
import { stepsOf, type Step } from '@munit/layers';
import { generatorLayer, type GeneratorsArchitecture } from '@munit/formats';
import type { RawPixels } from '@munit/images';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flickerOf } from '../../test/flicker.js';
import { largestDifference, modelFor, noise, tiny, tinyBicycleGan, tinyCycleGan, tinyUnit } from '../../test/models.js';
import { isCut, smallGrey } from './cuts.js';
import { shareOf } from './film.js';
import { createTranslator, type Translator } from './translator.js';

let munit: Translator;
beforeAll(async () => {
  munit = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
});
afterAll(() => munit.dispose());

/** A dark disc that moves over a still, mottled ground. */
function frame(t: number, width = 48, height = 40): RawPixels {
  const ground = noise(width, height, 3, 5);
  const data = ground.data.map((value, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (x - 8 - 2 * t) ** 2 + (y - height / 2) ** 2 < 64 ? 10 : 128 + Math.round(value / 4);
  });
  return { width, height, channels: 3, data };
}

async function film(translator: Translator, frames: readonly RawPixels[], options: Parameters<Translator['film']>[0]): Promise<Float32Array[]> {
  using filmed = await translator.film(options);
  const values: Float32Array[] = [];
  for (const one of frames) values.push((await filmed.next(one)).values);
  return values;
}

const moving = Array.from({ length: 8 }, (_, t) => frame(t));

describe('a film', () => {
  it('over a window of one frame is what translate gives, bit for bit', async () => {
    const [style] = munit.sampleStyles(1, 4);
    const filmed = await film(munit, moving.slice(0, 3), { seed: 4 });
    const each = await Promise.all(moving.slice(0, 3).map(async (one) => (await munit.translate(one, { style: style! })).values));
    expect(filmed).toEqual(each);
  });

  it.each([
    ['MUNIT', tiny],
    ['UNIT', tinyUnit],
    ['CycleGAN', tinyCycleGan],
    ['BicycleGAN', tinyBicycleGan],
  ] as const)('in which nothing moves has equal frames for any window: %s', async (_, architecture) => {
    const translator = await createTranslator(modelFor(architecture), { device: 'simd', threads: 1 });
    const still = Array.from({ length: 6 }, () => frame(3));
    const frames = await film(translator, still, { stabilise: 4, seed: 1 });
    for (const values of frames.slice(1)) expect(values).toEqual(frames[0]);
    // The averages of one frame are its own statistics: what is left is the order of additions.
    const alone = await translator.translate(frame(3), architecture.method === 'munit' || architecture.method === 'bicyclegan' ? { seed: 1 } : {});
    expect(largestDifference(frames[0]!, alone.values)).toBeLessThan(2e-4);
    translator.dispose();
  });

  it('flickers less over more frames: what stands still changes less while something moves', async () => {
    // 36 pixels are farther than the network's convolutions reach: what changes there changes by the norms alone.
    const wide = Array.from({ length: 12 }, (_, t) => frame(t % 4 < 2 ? t % 4 : 4 - (t % 4), 128, 32));
    const flickers: number[] = [];
    for (const stabilise of [1, 4, 16]) {
      const { still, stillShare } = flickerOf(wide, await film(munit, wide, { stabilise, seed: 4 }), 36);
      expect(stillShare).toBeGreaterThan(0.3);
      flickers.push(still);
    }
    expect(flickers[0]).toBeGreaterThan(1e-4);
    expect(flickers[1]! / flickers[0]!).toBeLessThan(0.7);
    expect(flickers[2]! / flickers[0]!).toBeLessThan(0.4);
  });

  it('goes through in bands with the same averages', async () => {
    const limit = 4 * 4 * 5.5 * 48 * 52 + 4 * 6 * (48 + 6) * 58;
    const banded = await createTranslator(modelFor(), { device: 'simd', threads: 1, memoryLimit: limit });
    const high = Array.from({ length: 3 }, (_, t) => frame(4 * t, 48, 200));
    expect(banded.estimateTranslation(high[0]!).bands?.rows).toBe(16);
    const [whole, inBands] = [await film(munit, high, { stabilise: 3, seed: 2 }), await film(banded, high, { stabilise: 3, seed: 2 })];
    for (const [i, values] of whole.entries()) expect(largestDifference(inBands[i]!, values)).toBeLessThan(2e-4);
    banded.dispose();
  });

  it('continues from its state, bit for bit, at once and in bands', async () => {
    const limit = 4 * 4 * 5.5 * 48 * 52 + 4 * 6 * (48 + 6) * 58;
    const banded = await createTranslator(modelFor(), { device: 'simd', threads: 1, memoryLimit: limit });
    for (const [translator, height] of [[munit, 40], [banded, 200]] as const) {
      const frames = Array.from({ length: 4 }, (_, t) => frame(t, 48, height));
      const undisturbed = await film(translator, frames, { stabilise: 4, seed: 2 });
      using first = await translator.film({ stabilise: 4, seed: 2 });
      for (const one of frames.slice(0, 2)) await first.next(one);
      const state = JSON.parse(JSON.stringify(await first.state())) as Awaited<ReturnType<typeof first.state>>;
      using second = await translator.film({ stabilise: 4, seed: 2 });
      second.restore(state);
      expect([(await second.next(frames[2]!)).values, (await second.next(frames[3]!)).values]).toEqual(undisturbed.slice(2));
    }
    banded.dispose();
  });

  it('begins again at a cut, and after an error', async () => {
    const other = frame(2).data.map((value) => 255 - value);
    const inverted: RawPixels = { ...frame(2), data: other };
    const afterCut = await film(munit, [moving[0]!, moving[1]!, inverted], { stabilise: 4, seed: 2 });
    const [alone] = await film(munit, [inverted], { stabilise: 4, seed: 2 });
    expect(afterCut[2]).toEqual(alone);

    using filmed = await munit.film({ stabilise: 4, seed: 2 });
    await filmed.next(moving[0]!);
    await expect(filmed.next({ width: 3, height: 3, data: new Uint8Array(5) })).rejects.toThrow('5');
    const [first] = await film(munit, [moving[1]!], { stabilise: 4, seed: 2 });
    expect((await filmed.next(moving[1]!)).values).toEqual(first);
  });

  it('averages the styles of examples that come with its frames', async () => {
    const [one, two] = [frame(0), frame(6)];
    const [a, b] = [await munit.styleOf(one), await munit.styleOf(two)];
    using filmed = await munit.film({ stabilise: 3, seed: 2 });
    await filmed.next(moving[0]!, { example: one });
    const { style } = await filmed.next(moving[0]!, { example: two });
    // Of window 3 the second frame's share is 1/2.
    expect(largestDifference(style!, a.map((value, i) => (value + b[i]!) / 2))).toBeLessThan(1e-6);
  });

  it('refuses invalid windows and frames out of turn, and leaks nothing', async () => {
    await expect(munit.film({ stabilise: 0 })).rejects.toThrow("'stabilise' must be a whole number of frames from 1 to 1000, but it is 0.");
    const before = memory().numTensors;
    const filmed = await munit.film({ stabilise: 4, seed: 2 });
    const first = filmed.next(moving[0]!);
    await expect(filmed.next(moving[1]!)).rejects.toThrow('The frame before this one is not finished.');
    await first;
    filmed.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('averages every norm of the networks', async () => {
    using filmed = await munit.film({ stabilise: 4, seed: 2 });
    await filmed.next(moving[0]!);
    const { encoder, decoder } = await filmed.state();
    const norms = (steps: readonly Step[]): number =>
      steps.reduce((sum, step) => sum + (step.kind === 'residual' ? norms(step.body) : step.kind === 'weighted' && step.norm !== undefined ? 1 : 0), 0);
    const { contentEncoder, decoder: decoderPart } = generatorLayer(tiny as GeneratorsArchitecture, 'a').describe().roles;
    expect([Object.keys(encoder).length, Object.keys(decoder).length]).toEqual([norms(stepsOf(contentEncoder.node)), norms(stepsOf(decoderPart.node))]);
  });
});

it('the shares of frames: equal at first, then fading', () => {
  expect([1, 2, 3, 4, 5].map((t) => shareOf(t, 5))).toEqual([1, 1 / 2, 1 / 3, 1 / 3, 1 / 3]);
  expect([1, 2, 9].map((t) => shareOf(t, 1))).toEqual([1, 1, 1]);
});

it('a cut is another scene, not something that moves through one', () => {
  const grey = (image: RawPixels): Float64Array => smallGrey({ ...image, channels: 3, values: Float32Array.from(image.data, (v) => v / 127.5 - 1) });
  expect([isCut(grey(frame(0)), grey(frame(1))), isCut(grey(frame(0)), grey(frame(3)))]).toEqual([false, false]);
  expect(isCut(grey(frame(0)), grey({ ...frame(0), data: frame(0).data.map((v) => 255 - v) }))).toBe(true);
  expect(isCut(grey(frame(0)), grey(frame(0, 24, 12)))).toBe(true);
  expect([...smallGrey({ width: 2, height: 1, channels: 1, values: Float32Array.from([-1, 0.5]) })]).toEqual([-1, 0.5]);
});
