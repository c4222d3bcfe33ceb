/** Evaluating a model on a set of animals, whose truth is known. */
import { ArgumentError, type Params } from '@munit/core';
import { animalFigures, type AnimalFigures, type AnimalJudgements, type AnimalPair, judgeAnimals } from '@munit/data/animals';
import { guidedOutput, placesOf, randomOutputs } from './evaluateSynthetic.js';
import { StyleCodes } from './loop/samples.js';
import type { GeneratorNetworks } from './methods/method.js';

/** What to measure a model on; see `evaluateAnimals`. */
export interface AnimalEvaluationOptions {
  /** Held-out drawings, each with its true picture; examples are taken from these as well. */
  readonly pairs: readonly AnimalPair[];
  /** Drawings that are translated in random styles; the first ones of the pairs. */
  readonly inputs: number;
  /** Random styles per drawing; 20 is the convention. */
  readonly styles: number;
  /** Translations guided by an example each. */
  readonly examples: number;
  /** Of the random styles. */
  readonly seed: number;
  /** Whether the drawing, and the guided output, at a place is judged: of the others somebody else judges. Default all. */
  readonly only?: ((place: number) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Translates held-out line drawings (A) in random styles and in the style of held-out pictures in colour (B), and measures the results: see
 * `AnimalFigures`. Every drawing has codes of its own. An example is always another animal than the drawing.
 * @throws ArgumentError with fewer than two pairs
 */
export async function evaluateAnimals(networks: GeneratorNetworks, gen: Params, options: AnimalEvaluationOptions): Promise<AnimalFigures> {
  return animalFigures(await judgeOnAnimals(networks, gen, options));
}

/** Judges the outputs that `evaluateAnimals` measures as they come: memory does not grow with the size of images. @throws ArgumentError with fewer than two pairs */
export async function judgeOnAnimals(networks: GeneratorNetworks, gen: Params, options: AnimalEvaluationOptions): Promise<AnimalJudgements> {
  const { pairs, styles, only } = options;
  if (pairs.length < 2) throw new ArgumentError(`Evaluating on animals needs at least two held-out pairs; got ${pairs.length}.`);
  const random: AnimalJudgements['random'][number][] = [];
  for (const i of placesOf(Math.min(options.inputs, pairs.length), only)) {
    options.signal?.throwIfAborted();
    const { drawing, truth } = pairs[i]!;
    // Codes of its own for every drawing: what a code is worth is averaged over many more of them.
    const codes = new StyleCodes(networks, styles, (options.seed + i) % 2 ** 32);
    random.push(...judgeAnimals({ random: [{ truth, outputs: await randomOutputs(networks, gen, drawing, codes) }], guided: [] }).random);
  }
  const guided: AnimalJudgements['guided'][number][] = [];
  for (const i of placesOf(networks.styles === undefined ? 0 : options.examples, only)) {
    options.signal?.throwIfAborted();
    const { drawing, truth } = pairs[i % pairs.length]!;
    // Every round through the pairs meets other examples.
    const example = pairs[(i + 1 + (Math.floor(i / pairs.length) % (pairs.length - 1))) % pairs.length]!.truth;
    guided.push(...judgeAnimals({ random: [], guided: [{ truth, output: await guidedOutput(networks, gen, drawing, example.image), coat: example.coat }] }).guided);
  }
  return { random, guided };
}
