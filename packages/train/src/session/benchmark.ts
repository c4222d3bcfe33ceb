import type { Params } from '@munit/core';
import type { SyntheticSetOptions } from '@munit/data/synthetic';
import { type AnimalPair, coats } from '@munit/data/animals';
import { evaluateAnimals } from '../evaluateAnimals.js';
import { evaluateSynthetic } from '../evaluateSynthetic.js';
import type { Evaluation } from '../loop/train.js';
import type { GeneratorNetworks } from '../methods/method.js';

/** How good a model is on the benchmark while it is trained: few images, and one number to keep the best checkpoint by. */
export async function evaluateOnBenchmark(
  networks: GeneratorNetworks,
  gen: Params,
  options: { readonly set: SyntheticSetOptions; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const figures = await evaluateSynthetic(networks, gen, { ...options, inputs: 16, styles: 20, examples: 64 });
  const score = figures.contentIoU + figures.modesCovered / 8 + (Number.isNaN(figures.guidedAccuracy) ? 0 : figures.guidedAccuracy);
  return { metrics: { ...figures }, score };
}

/** The same for a set of animals. */
export async function evaluateOnAnimals(
  networks: GeneratorNetworks,
  gen: Params,
  options: { readonly pairs: readonly AnimalPair[]; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const figures = await evaluateAnimals(networks, gen, { ...options, inputs: 16, styles: 20, examples: options.pairs.length });
  const { contentIoU, coatsCovered, guidedCoat, detail } = figures;
  return { metrics: { ...figures }, score: contentIoU + coatsCovered / coats.length + (Number.isNaN(guidedCoat) ? 0 : guidedCoat) + detail };
}
