import { AbortedError, memory, OutOfMemoryError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { largestDifference, modelFor, noise, tiny, tinyUnit } from '../../test/models.js';
import type { Picture } from '../images/picture.js';
import { createTranslator, type Translator } from '../translator/translator.js';
import type { TranslateProgress } from '../translator/types.js';
import { inputRows } from './convolve.js';
import { addTo, applyAffine, emptySums, instanceAffine, layerAffine } from './statistics.js';

/** Sixteen rows and the 32 around them that convolutions reach, of a tiny model and an image this wide, and hardly more. */
const limitFor = (width: number): number => 4 * 4 * 5.5 * width * 52 + 4 * 6 * (width + 6) * 58;

async function pair(model: Parameters<typeof createTranslator>[0], width: number): Promise<{ whole: Translator; banded: Translator; dispose: () => void }> {
  const whole = await createTranslator(model, { device: 'simd', threads: 1 });
  const banded = await createTranslator(model, { device: 'simd', threads: 1, memoryLimit: limitFor(width) });
  return { whole, banded, dispose: () => [whole, banded].forEach((translator) => translator.dispose()) };
}

describe('an image that does not fit goes through in bands, and comes out as it would whole', () => {
  it.each([
    ['MUNIT', tiny],
    ['UNIT', tinyUnit],
    ['three downsamplings, selu, zero padding', { ...tiny, nDownsample: 3, activation: 'selu', padMode: 'zero' }],
    ['one downsampling, prelu, replicated borders', { ...tiny, nDownsample: 1, activation: 'prelu', padMode: 'replicate' }],
    ['no downsampling, two residual blocks, lrelu', { ...tiny, nDownsample: 0, nRes: 2, activation: 'lrelu' }],
  ] as const)('%s', async (_, architecture) => {
    const [width, height] = [70, 203];
    const { whole, banded, dispose } = await pair(modelFor(architecture), width);
    const estimate = banded.estimateTranslation({ width, height });
    expect([estimate.fits, estimate.bands?.rows, whole.estimateTranslation({ width, height }).fits]).toEqual([false, 16, true]);
    const image = noise(width, height);
    const pictures = (translator: Translator): Promise<Picture[]> =>
      architecture.method === 'munit' ? translator.translate(image, { styles: 2, seed: 1 }) : translator.translate([image]);
    const [expected, got] = [await pictures(whole), await pictures(banded)];
    for (const [i, { values }] of expected.entries()) expect(largestDifference(got[i]!.values, values)).toBeLessThan(2e-5);
    if (architecture.method === 'munit') {
      const style = await whole.styleOf(image);
      expect(largestDifference(await banded.styleOf(image), style)).toBeLessThan(1e-6 * Math.max(...style.map(Math.abs)));
      expect(largestDifference((await banded.reconstruct(image)).values, (await whole.reconstruct(image)).values)).toBeLessThan(2e-5);
    }
    dispose();
  });

});

describe('the work in bands', () => {
  const [width, height] = [40, 300];
  const image = noise(width, height);

  it('tells its progress, leaks nothing, can be aborted, and keeps contents for more styles', async () => {
    const { whole, banded, dispose } = await pair(modelFor(), width);
    const before = memory().numTensors;
    const events: TranslateProgress[] = [];
    await banded.translate(image, { styles: 2, seed: 1, onProgress: (progress) => events.push(progress) });
    const bands = events.filter((event) => event.kind === 'band');
    expect(bands.map(({ done }) => done)).toEqual(bands.map((_, i) => i));
    expect(new Set(bands.map(({ total }) => total))).toEqual(new Set([bands.length]));
    expect(memory().numTensors).toBe(before);

    const content = await banded.encode(image);
    const style = banded.sampleStyles(1, 7)[0]!;
    const expected = await whole.translate(image, { style });
    for (let i = 0; i < 2; i++) expect(largestDifference((await banded.decode(content, { style })).values, expected.values)).toBeLessThan(2e-5);
    content.dispose();

    const abort = new AbortController();
    const work = banded.translate(image, { signal: abort.signal, onProgress: (progress) => progress.kind === 'band' && progress.done === 30 && abort.abort() });
    await expect(work).rejects.toThrow(AbortedError);
    expect(memory().numTensors).toBe(before);
    dispose();
  });

  it('is refused where not even one band fits, with a size that would', async () => {
    const translator = await createTranslator(modelFor(), { device: 'simd', threads: 1, memoryLimit: 1e5 });
    await expect(translator.translate(noise(400, 400))).rejects.toThrow(OutOfMemoryError);
    expect(translator.estimateTranslation({ width: 400, height: 400 }).bands).toBe(undefined);
    translator.dispose();
    await expect(createTranslator(modelFor(), { device: 'simd', memoryLimit: 0 })).rejects.toThrow('memory limit');
  });
});

describe('norms from sums of bands', () => {
  // Far from zero, where sums of squares lose digits.
  const values = Float32Array.from({ length: 3000 }, (_, i) => 1000 + Math.sin(i * 12.9898) + (i % 3));

  it('are the norms of the whole', () => {
    const sums = emptySums(3);
    for (let i = 0; i < 3000; i += 300) sums.count += addTo(sums, values.subarray(i, i + 300));
    const parameters = { scale: [1, 2, 3], shift: [0.5, 0, -1] };
    const of = (c: number): number[] => Array.from(values).filter((_, i) => i % 3 === c);
    const mean = (xs: number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
    const squares = (xs: number[], m: number): number => xs.reduce((a, x) => a + (x - m) ** 2, 0);

    const instance = values.slice();
    applyAffine(instance, instanceAffine(sums, 1e-5, parameters), undefined);
    const layer = values.slice();
    applyAffine(layer, layerAffine(sums, 1e-5, parameters), { op: 'activation', activation: 'relu', slope: 0 });
    const all = Array.from(values);
    const deviation = Math.sqrt(squares(all, mean(all)) / 2999) + 1e-5;
    for (let i = 0; i < 30; i++) {
      const xs = of(i % 3);
      const [scale, shift] = [parameters.scale[i % 3]!, parameters.shift[i % 3]!];
      expect(instance[i]).toBeCloseTo(((values[i]! - mean(xs)) / Math.sqrt(squares(xs, mean(xs)) / 1000 + 1e-5)) * scale + shift, 4);
      expect(layer[i]).toBeCloseTo(Math.max(0, ((values[i]! - mean(all)) / deviation) * scale + shift), 4);
    }
  });
});

it.each([
  ['7×7', { kernel: 7, stride: 1, padding: 3, upsample: 1 }],
  ['4×4 at stride 2', { kernel: 4, stride: 2, padding: 1, upsample: 1 }],
  ['5×5 after doubling', { kernel: 5, stride: 1, padding: 2, upsample: 2 }],
] as const)('the rows that a band of a %s needs', (_, options) => {
  const { kernel, stride, padding, upsample } = options;
  const height = 40;
  const outputs = Math.floor((height * upsample + 2 * padding - kernel) / stride) + 1;
  const wrong: unknown[] = [];
  for (let first = 0; first < outputs; first++) {
    for (const last of [first + 1, Math.min(outputs, first + 5)]) {
      const { from, to, skip } = inputRows(options, first, last, height);
      // By definition, output row y looks at the rows y·stride − padding and kernel − 1 more of the doubled input.
      for (let y = first; y < last; y++) {
        for (let k = 0; k < kernel; k++) {
          const wanted = y * stride - padding + k;
          const row = Math.floor(wanted / upsample);
          if (wanted < 0 || row >= height) continue;
          const got = (y - first + skip) * stride - padding + k + from * upsample;
          if (row < from || row >= to || got !== wanted) wrong.push({ first, last, y, k, from, to, skip });
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});
