/** Judging a model on the synthetic benchmark, whose truth is known. */
import { type Params, type PerDomain, repeatSamples, Rng, tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { fromBatch, normalize, type PixelImage } from '@munit/data';
import { type BenchmarkFigures, benchmarkFigures, type BenchmarkOutputs, renderSample, sampleA, type SyntheticSetOptions } from '@munit/data/synthetic';
import type { Model } from '../networks/model.js';

export interface SyntheticEvaluationOptions {
  /** The set that the model was trained on; its held-out split is used. */
  readonly set: SyntheticSetOptions;
  /** Held-out inputs of A. */
  readonly inputs: number;
  /** Random styles per input; 20 is the benchmark's convention. */
  readonly styles: number;
  /** Held-out examples of B that guide one translation each. */
  readonly examples: number;
  /** Of the random styles. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Images that are decoded at once: enough to fill a device, little enough for any. */
const batchSize = 20;

/**
 * Translates held-out outlines (A) in random styles and in the style of held-out examples (B), and measures the results:
 * see `BenchmarkFigures`. The same codes serve every input, in the same order.
 */
export async function evaluateSynthetic(model: Model, gen: PerDomain<Params>, options: SyntheticEvaluationOptions): Promise<BenchmarkFigures> {
  const { set, inputs, styles, examples } = options;
  const codes = new Rng(options.seed).normals(styles * Math.max(1, model.styleDim));
  const random: BenchmarkOutputs['random'][number][] = [];
  for (let i = 0; i < inputs; i++) {
    options.signal?.throwIfAborted();
    random.push({ content: sampleA(set, 'test', i).content, outputs: await randomOutputs(model, gen, renderSample(set, 'a', 'test', i), codes, styles) });
  }
  const guided: BenchmarkOutputs['guided'][number][] = [];
  for (let i = 0; i < (model.styleDim === 0 ? 0 : examples); i++) {
    options.signal?.throwIfAborted();
    const index = i % inputs;
    const example = renderSample(set, 'b', 'test', i);
    const output = await guidedOutput(model, gen, renderSample(set, 'a', 'test', index), example);
    guided.push({ content: sampleA(set, 'test', index).content, output, example });
  }
  return benchmarkFigures({ random, guided });
}

async function randomOutputs(model: Model, gen: PerDomain<Params>, image: PixelImage, codes: Float32Array, styles: number): Promise<PixelImage[]> {
  const outputs: PixelImage[] = [];
  const content = tidy(() => model.encodeContent(gen, 'a', toTensor(image)));
  for (let from = 0; from < styles; from += batchSize) {
    const count = Math.min(batchSize, styles - from);
    const decoded = tidy(() => {
      const style = model.styleDim === 0 ? undefined : (tensor(codes.slice(from * model.styleDim, (from + count) * model.styleDim), [count, model.styleDim]) as Tensor2D);
      return model.decode(gen, 'b', repeatSamples(content, count), style);
    });
    outputs.push(...(await toImages(decoded)));
  }
  content.dispose();
  return outputs;
}

async function guidedOutput(model: Model, gen: PerDomain<Params>, image: PixelImage, example: PixelImage): Promise<PixelImage> {
  const decoded = tidy(() => {
    const content = model.encodeContent(gen, 'a', toTensor(image));
    return model.decode(gen, 'b', content, model.encodeStyle(gen, 'b', toTensor(example)));
  });
  return (await toImages(decoded))[0] as PixelImage;
}

const toTensor = (image: PixelImage): Tensor4D => tensor(normalize(image), [1, image.height, image.width, image.channels]) as Tensor4D;

async function toImages(t: Tensor4D): Promise<PixelImage[]> {
  const images = fromBatch({ data: (await t.data()) as Float32Array, shape: t.shape });
  t.dispose();
  return images;
}
