import { AbortedError, ArgumentError, memory, openDevice, OutOfMemoryError, ShapeError, tensor } from '@munit/core';
import { munitGenerator, unitGenerator } from '@munit/layers';
import { fromOfficial } from '@munit/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interleaved, largestDifference, modelFor, noise, reference, tiny, tinyUnit } from '../../test/models.js';
import { Picture } from '../images/picture.js';
import { planWork } from '../networks/estimate.js';
import { generatorsOf } from '../networks/generators.js';
import { createTranslator, type Translator } from './translator.js';
import type { TranslateProgress } from './types.js';

let munit: Translator;
let unit: Translator;
beforeAll(async () => {
  munit = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
  unit = await createTranslator(modelFor(tinyUnit), { device: 'simd' });
});
afterAll(() => {
  munit.dispose();
  unit.dispose();
});

/** Runs `work` and tells how many more tensors there are after it. */
async function leaked(work: () => Promise<unknown>): Promise<number> {
  const before = memory().numTensors;
  await work();
  return memory().numTensors - before;
}

describe.each(['simd', 'cpu'] as const)('against PyTorch, on %s', (device) => {
  // UNIT's truth is in the whole set of reference files only.
  it.each((['munit', 'unit'] as const).filter((method) => reference(method) !== undefined))('the published code’s %s checkpoint translates to 1e-4', async (method) => {
    const { model, truth } = reference(method)!;
    const translator = await createTranslator(model, { device });
    const image = new Picture({ width: 32, height: 32, channels: 3, values: interleaved(truth('x_a')) });
    const style = method === 'munit' ? truth('style_b').data : undefined;
    const [picture] = await translator.translate([image], { style });
    expect(largestDifference(picture!.values, interleaved(truth('x_ab')))).toBeLessThan(1e-4);
    expect(picture!.style).toEqual(style);
    const content = await translator.encode(image);
    expect((await translator.decode(content, { style })).values).toEqual(picture!.values);
    if (method === 'munit') expect(largestDifference(await translator.styleOf(image, { domain: 'a' }), truth('style_a').data)).toBeLessThan(1e-4);
    translator.dispose();
  });
});

it('there is truth to compare with', () => expect(reference('munit')).not.toBeUndefined());

it('UNIT translates as the layers do', async () => {
  const model = modelFor(tinyUnit);
  const { method: _, ...architecture } = tinyUnit;
  const layer = unitGenerator({ ...architecture, inputDim: 3 });
  const device = await openDevice('simd');
  const [a, b] = [fromOfficial(layer, model.networks.a), fromOfficial(layer, model.networks.b)];
  const image = noise(16, 12);
  const x = tensor(Float32Array.from(image.data, (v) => v / 127.5 - 1), [1, 12, 16, 3]) as Parameters<typeof layer.encode>[1];
  const expected = await layer.decode(b as never, layer.encode(a as never, x)).data();
  expect(largestDifference((await unit.translate(image)).values, expected)).toBeLessThan(1e-5);
  device.dispose();
});

describe('sizes', () => {
  it.each([[33, 47], [47, 33], [1, 1], [3, 200], [16, 16], [5, 8], [64, 31]])('%i×%i goes in and comes out', async (width, height) => {
    for (const translator of [munit, unit]) {
      const picture = await translator.translate(noise(width, height));
      expect([picture.width, picture.height, picture.values.length]).toEqual([width, height, width * height * 3]);
      expect(picture.values.every((v) => Math.abs(v) <= 1)).toBe(true);
    }
  });

  it('a padded image is the reflected one, cut off', async () => {
    const small = noise(13, 16);
    const columns = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11, 10, 9];
    const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 48), columns[Math.floor(i / 3) % 16]!, i % 3];
      return small.data[(y * 13 + x) * 3 + c]!;
    });
    const whole = await munit.translate({ width: 16, height: 16, data }, { seed: 1 });
    const picture = await munit.translate(small, { seed: 1 });
    const cut = Float32Array.from({ length: 13 * 16 * 3 }, (_, i) => whole.values[Math.floor(i / 39) * 48 + (i % 39)]!);
    expect(picture.values).toEqual(cut);
  });

  it('an image that no device could hold is refused before the work, with the size that would fit', () => {
    const report = { taken: 'simd' as const, description: 'WebAssembly SIMD', details: { maxMemoryMiB: 4096 }, rejected: [] };
    const published = generatorsOf({ ...tiny, dim: 64, nRes: 4, styleDim: 8, mlpDim: 256 });
    expect(() => planWork(published, report, { width: 512, height: 512 })).not.toThrow();
    expect(() => planWork(published, report, { width: 20_000, height: 10_000 })).toThrow(OutOfMemoryError);
    try {
      planWork(published, report, { width: 20_000, height: 10_000 });
    } catch (error) {
      const [, width, height] = /Scale it to (\d+)×(\d+)/.exec(String(error))!.map(Number);
      expect(width! / height!).toBeCloseTo(2, 1);
      expect(() => planWork(published, report, { width: width!, height: height! })).not.toThrow();
      expect(() => planWork(published, report, { width: width! * 1.05, height: height! * 1.05 })).toThrow(OutOfMemoryError);
    }
  });
});

it('an estimate is above what is then taken, and not far', async () => {
  const translator = await createTranslator(modelFor({ ...tiny, dim: 16 }), { device: 'cpu' });
  const size = { width: 64, height: 48 };
  const { peakBytes, padded, fits } = translator.estimateTranslation(size);
  // The largest map alone, 16 channels of float32 at full size, is there eight times over in a norm.
  expect(peakBytes).toBeGreaterThan(8 * 64 * 48 * 16 * 4);
  expect(peakBytes).toBeLessThan(10 * 64 * 48 * 16 * 4);
  expect([padded, fits]).toEqual([size, true]);
  expect(translator.estimateTranslation({ width: 61, height: 1 }).padded).toEqual({ width: 64, height: 8 });
  translator.dispose();
});

describe('styles', () => {
  const image = noise(16, 16);

  it('the same seed gives the same picture, another one another', async () => {
    const [x, y, z] = [await munit.translate(image, { seed: 5 }), await munit.translate(image, { seed: 5 }), await munit.translate(image, { seed: 6 })];
    expect(y.values).toEqual(x.values);
    expect(y.style).toEqual(munit.sampleStyles(1, 5)[0]);
    expect(z.values).not.toEqual(x.values);
    expect((await munit.translate(image)).style).not.toEqual((await munit.translate(image)).style);
  });

  it('synchronized, all images get the same styles; otherwise each its own', async () => {
    const images = [image, noise(20, 16, 3, 2)];
    const same = await munit.translate(images, { styles: 2, seed: 3, synchronized: true });
    expect(same.map((pictures) => pictures.map(({ style }) => style))).toEqual([munit.sampleStyles(2, 3), munit.sampleStyles(2, 3)]);
    const own = await munit.translate(images, { styles: 2, seed: 3 });
    expect(own.flat().map(({ style }) => style)).toEqual(munit.sampleStyles(4, 3));
    expect(own[0]!.map(({ values }) => values)).toEqual(same[0]!.map(({ values }) => values));
  });

  it('an example gives its style', async () => {
    const example = noise(21, 9, 3, 7);
    const style = await munit.styleOf(example);
    expect((await munit.translate(image, { example })).style).toEqual(style);
    expect((await munit.translate(image, { example })).values).toEqual((await munit.translate(image, { style })).values);
  });

  it('an interpolation ends at its ends', async () => {
    const [start, end] = munit.sampleStyles(2, 9) as [Float32Array, Float32Array];
    for (const mode of ['lerp', 'slerp'] as const) {
      const pictures = await munit.interpolate(image, { start, end, count: 5, mode });
      expect(pictures).toHaveLength(5);
      expect(pictures[0]!.values).toEqual((await munit.translate(image, { style: start })).values);
      expect(pictures[4]!.values).toEqual((await munit.translate(image, { style: end })).values);
    }
    const random = await munit.interpolate(image, { seed: 9, count: 2 });
    expect(random.map(({ style }) => style)).toEqual([start, end]);
  });

  it('one content gives any number of styles, and domains', async () => {
    const content = await munit.encode(image, { from: 'b' });
    expect([content.domain, content.width, content.height]).toEqual(['b', 16, 16]);
    const pictures = await munit.decode(content, { styles: 3, seed: 1 });
    const direct = await munit.translate(image, { to: 'a', styles: 3, seed: 1 });
    expect(pictures.map(({ values }) => values)).toEqual(direct.map(({ values }) => values));
    const own = await munit.decode(content, { to: 'b', style: await munit.styleOf(image, { domain: 'b' }) });
    expect((await munit.reconstruct(image, { domain: 'b' })).values).toEqual(own.values);
    content.dispose();
    content.dispose();
    await expect(munit.decode(content)).rejects.toThrow(/disposed/);
    await expect(unit.decode(await munit.encode(image))).rejects.toThrow(/another translator/);
  });
});

describe('inputs', () => {
  it('grey, alpha and tensors are what they should be', async () => {
    const grey = noise(16, 16, 1);
    const colour = { ...grey, channels: 3 as const, data: Uint8Array.from({ length: 768 }, (_, i) => grey.data[Math.floor(i / 3)]!) };
    const expected = (await munit.translate(colour, { seed: 1 })).values;
    expect((await munit.translate(grey, { seed: 1 })).values).toEqual(expected);
    const opaque = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : grey.data[Math.floor(i / 4)]!));
    expect((await munit.translate({ width: 16, height: 16, data: opaque }, { seed: 1 })).values).toEqual(expected);
    const clear = await munit.translate({ width: 16, height: 16, data: new Uint8Array(1024) }, { seed: 1 });
    expect(clear.values).toEqual((await munit.translate({ width: 16, height: 16, data: new Uint8Array(768).fill(255) }, { seed: 1 })).values);
    const x = tensor(Float32Array.from(colour.data, (v) => v / 127.5 - 1), [16, 16, 3]);
    const picture = await munit.translate(x, { seed: 1 });
    expect(largestDifference(picture.values, expected)).toBeLessThan(1e-4);
    const back = await picture.toTensor();
    expect(back.shape).toEqual([1, 16, 16, 3]);
    expect(await back.data()).toEqual(picture.values);
    back.dispose();
    x.dispose();
  });

  it('a grey domain takes colour and gives grey', async () => {
    const translator = await createTranslator(modelFor({ ...tiny, inputDim: { a: 3, b: 1 } }), { device: 'simd' });
    const picture = await translator.translate(noise(16, 20));
    expect([picture.channels, picture.data.length]).toEqual([1, 320]);
    expect([...picture.toRgba().subarray(0, 4)]).toEqual([picture.data[0], picture.data[0], picture.data[0], 255]);
    const back = await translator.translate(noise(16, 16), { to: 'a' });
    expect(back.channels).toBe(3);
    translator.dispose();
  });

  it('what does not fit is refused by name', async () => {
    const image = noise(16, 16);
    await expect(munit.translate({ width: 2, height: 2, data: new Uint8Array(5) })).rejects.toThrow(ShapeError);
    await expect(munit.translate({ width: 0, height: 2, data: new Uint8Array(0) })).rejects.toThrow(/at least one pixel/);
    await expect(munit.translate(7 as never)).rejects.toThrow(/An image was expected/);
    await expect(munit.translate(image, { style: [1, 2] })).rejects.toThrow(/has 3 numbers, but one of 2/);
    // The plural is easily forgotten, and JavaScript has no types to say so.
    await expect(munit.translate(image, { style: 4 as never })).rejects.toThrow('is 3 numbers, but the number 4 came. For that many random styles: { styles: 4 }.');
    await expect(munit.translate(image, { style: [1, 2, NaN] })).rejects.toThrow(/not finite/);
    await expect(munit.translate(image, { styles: 0 })).rejects.toThrow(/whole number from 1/);
    await expect(munit.translate(image, { to: 'c' as never })).rejects.toThrow(/no domain 'c'/);
    await expect(munit.translate(image, { style: [0, 0, 0], example: image })).rejects.toThrow(/given together/);
    await expect(munit.translate(image, { seed: -1 })).rejects.toThrow(/seed/);
    await expect(unit.translate(image, { styles: 2 })).rejects.toThrow(/model has no styles/);
    await expect(unit.styleOf(image)).rejects.toThrow(ArgumentError);
    await expect(unit.interpolate(image)).rejects.toThrow(ArgumentError);
    expect(() => unit.sampleStyles(1)).toThrow(ArgumentError);
  });
});

describe('care', () => {
  it('leaves no tensor behind, whether it works or fails', async () => {
    const image = noise(18, 17);
    expect(await leaked(() => munit.translate([image, image], { styles: 2 }))).toBe(0);
    expect(await leaked(() => munit.translate(image, { example: image }))).toBe(0);
    expect(await leaked(() => munit.reconstruct(image))).toBe(0);
    expect(await leaked(() => munit.interpolate(image, { count: 3 }))).toBe(0);
    expect(await leaked(() => munit.warmUp())).toBe(0);
    expect(await leaked(() => munit.warmUp({ width: 19, height: 33 }))).toBe(0);
    expect(await leaked(() => unit.translate(image))).toBe(0);
    expect(await leaked(() => munit.translate(image, { style: [1] }).catch(() => 0))).toBe(0);
    const abort = new AbortController();
    const stopping = munit.translate(image, { styles: 5, signal: abort.signal, onProgress: () => abort.abort() });
    expect(await leaked(() => expect(stopping).rejects.toThrow(AbortedError))).toBeLessThanOrEqual(0);
    expect(await leaked(async () => (await munit.encode(image)).dispose())).toBe(0);
    expect(
      await leaked(async () => {
        const translator = await createTranslator(modelFor(), { device: 'simd' });
        await translator.encode(image);
        translator.dispose();
        translator.dispose();
        await expect(translator.translate(image)).rejects.toThrow(/disposed/);
      }),
    ).toBe(0);
  });

  it('says how far it is', async () => {
    const seen: TranslateProgress[] = [];
    await munit.translate([noise(16, 16)], { styles: 2, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { kind: 'encoded', image: 0, images: 1 },
      { kind: 'decoded', image: 0, images: 1, style: 0, styles: 2 },
      { kind: 'decoded', image: 0, images: 1, style: 1, styles: 2 },
    ]);
  });

  it('stops when aborted', async () => {
    await expect(munit.translate(noise(16, 16), { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  it('uses the parameters of a run where they are, and leaves them there', async () => {
    const device = await openDevice('simd');
    const { method: _, ...architecture } = tiny;
    const layer = munitGenerator({ ...architecture, inputDim: 3 });
    const model = modelFor();
    const parameters = { a: fromOfficial(layer, model.networks.a), b: fromOfficial(layer, model.networks.b) } as never;
    await expect(createTranslator({ architecture: tiny, parameters })).rejects.toThrow(/need that device/);
    const before = memory().numTensors;
    const translator = await createTranslator({ architecture: tiny, parameters }, { device });
    const picture = await translator.translate(noise(16, 16), { seed: 1 });
    expect(picture.values).toEqual((await munit.translate(noise(16, 16), { seed: 1 })).values);
    translator.dispose();
    expect(memory().numTensors).toBe(before);
    device.dispose();
  });
});
