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
  const figures = (await evaluateSynthetic(networks, gen, { ...options, inputs: 8, styles: 100, examples: 64 })).figures();
  const { contentIoU, modesCovered, guidedAccuracy, guidedTexture, guidedLight } = figures;
  const guided = Number.isNaN(guidedAccuracy) ? 0 : guidedAccuracy + (guidedTexture + guidedLight) / 2;
  return { metrics: { ...figures }, score: contentIoU + modesCovered / 8 + guided };
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
