/** Evaluating a model on the synthetic benchmark, whose truth is known. */
import { type Params, tileBatch, type Tensor4D, tensor, tidy } from '@munit/core';
import { BenchmarkTally, renderSample, sampleA, sampleB, type SyntheticSetOptions } from '@munit/data/synthetic';
import { fromBatch, type PixelImage, toNetworkRange } from '@munit/images';
import { StyleCodes } from './loop/samples.js';
import type { GeneratorNetworks } from './methods/method.js';

/** What to measure a model on; see `evaluateSynthetic`. */
export interface SyntheticEvaluationOptions {
  /** The set that the model was trained on; its held-out split is used. */
  readonly set: SyntheticSetOptions;
  /** Held-out inputs of A. */
  readonly inputs: number;
  /** Random styles per input; of fewer than 100, coverage is mostly luck. */
  readonly styles: number;
  /** Held-out examples of B that guide one translation each, of an input each. */
  readonly examples: number;
  /** Of the random styles. */
  readonly seed: number;
  /** Whether the input, and the example, at a place is judged: of the others somebody else judges. Default all. */
  readonly only?: ((place: number) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears of each input and example that is done, of all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Images that are decoded at once: enough to fill a device, little enough for any. */
const batchSize = 20;

/**
 * Translates held-out outlines (A) in random styles and in the style of held-out examples (B), and judges the results: `figures()` and
 * `resampled()` of what it returns. The same codes serve every input, in the same order.
 */
export async function evaluateSynthetic(networks: GeneratorNetworks, gen: Params, options: SyntheticEvaluationOptions): Promise<BenchmarkTally> {
  const { set, inputs, styles, onProgress } = options;
  const examples = placesOf(networks.styles?.domains.includes('b') === true ? options.examples : 0, options.only);
  const random = placesOf(inputs, options.only);
  const total = random.length + examples.length;
  const codes = new StyleCodes(networks, styles, options.seed);
  const tally = new BenchmarkTally();
  for (const [done, i] of random.entries()) {
    options.signal?.throwIfAborted();
    tally.addRandom(sampleA(set, 'test', i).content, await randomOutputs(networks, gen, renderSample(set, 'a', 'test', i), codes));
    onProgress?.(done + 1, total);
  }
  for (const [done, i] of examples.entries()) {
    options.signal?.throwIfAborted();
    const { style } = sampleB(set, 'test', i);
    const output = await guidedOutput(networks, gen, renderSample(set, 'a', 'test', i), renderSample(set, 'b', 'test', i));
    tally.addGuided({ content: sampleA(set, 'test', i).content, output, style });
    onProgress?.(random.length + done + 1, total);
  }
  return tally;
}

/** The places from 0 to `count` − 1 that are wanted, in order. */
export const placesOf = (count: number, only: (place: number) => boolean = () => true): number[] => Array.from({ length: count }, (_, place) => place).filter(only);

/** An input of A in random styles of B, in the order of the codes. */
export async function randomOutputs(networks: GeneratorNetworks, gen: Params, image: PixelImage, codes: StyleCodes): Promise<PixelImage[]> {
  const outputs: PixelImage[] = [];
  const content = tidy(() => networks.encodeContent(gen, 'a', toTensor(image)));
  for (let from = 0; from < codes.count; from += batchSize) {
    const count = Math.min(batchSize, codes.count - from);
    const decoded = tidy(() => networks.decode(gen, 'b', tileBatch(content, count), codes.batch(from, count)));
    outputs.push(...(await toImages(decoded)));
  }
  content.dispose();
  return outputs;
}

/** An input of A in the style of an example of B. */
export async function guidedOutput(networks: GeneratorNetworks, gen: Params, image: PixelImage, example: PixelImage): Promise<PixelImage> {
  const decoded = tidy(() => {
    const content = networks.encodeContent(gen, 'a', toTensor(image));
    return networks.decode(gen, 'b', content, networks.styles?.encode(gen, 'b', toTensor(example)));
  });
  return (await toImages(decoded))[0] as PixelImage;
}

const toTensor = (image: PixelImage): Tensor4D => tensor(toNetworkRange(image), [1, image.height, image.width, image.channels]);

async function toImages(t: Tensor4D): Promise<PixelImage[]> {
  const images = fromBatch({ data: (await t.data()) as Float32Array, shape: t.shape });
  t.dispose();
  return images;
}
