/** How different the translations of one input are: LPIPS by the paper's protocol and by StarGAN v2's. */
import { ArgumentError, checkOptions, type OptionNames, Rng, type Tensor4D } from '@munit/core';
import { eachBatch } from '../metric/metric.js';
import type { LpipsFeatures } from '../lpips/features.js';
import type { Lpips } from '../lpips/lpips.js';
import { pairDistances } from '../lpips/pairs.js';
import { type Figure, meanFigure } from './figure.js';

/** What `diversityFigures` measures. */
export interface DiversityProtocol {
  /** Pairs drawn for each input. Default 19 (paper, section 5.3), or all where there are fewer. */
  readonly pairs?: number | undefined;
  /** Translations of each input of which all pairs are taken. Default 10 (StarGAN v2), or all where there are fewer. */
  readonly allPairsOf?: number | undefined;
  /** Of draws and intervals. Default 0. */
  readonly seed?: number | undefined;
  /** Stops between inputs. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each input that is done. */
  readonly onInput?: ((done: number) => void) | undefined;
}

const protocolNames: OptionNames<DiversityProtocol> = { pairs: true, allPairsOf: true, seed: true, signal: true, onInput: true };

/** What `diversityFigures` finds. */
export interface DiversityResult {
  /** For each version of LPIPS its two protocols. */
  readonly figures: readonly Figure[];
  /** The mean over the first protocol's pairs for each input, by the first version: which inputs are the most and least diverse. */
  readonly perInput: readonly number[];
}

/** What `diversityFigures` finds of one input: plain data, which JSON carries from one process to another. */
export interface InputDiversity {
  /** Mean LPIPS of the drawn pairs, for each version. */
  readonly drawn: readonly number[];
  /** Mean LPIPS of all pairs of the first translations, for each version. */
  readonly complete: readonly number[];
  /** How many pairs were drawn. */
  readonly pairs: number;
  /** Of how many translations all pairs were taken. */
  readonly allPairsOf: number;
}

/** Pairs of each input in the paper, and translations of each in StarGAN v2. */
const [paperPairs, starganTranslations] = [19, 10] as const;

const nameOf = ({ network, version }: Pick<Lpips, 'network' | 'version'>): string => `lpips-${network}-${version}`;

/**
 * Mean LPIPS between translations of one input; of several versions at once.
 * @param translations for each input its translations, [styles, H, W, C] in [−1, 1]
 * @throws ArgumentError for no input, or fewer than 2 translations of one
 */
export async function diversityFigures(versions: readonly Lpips[], translations: Iterable<Tensor4D> | AsyncIterable<Tensor4D>, options: DiversityProtocol = {}): Promise<DiversityResult> {
  checkOptions('diversityFigures', options, protocolNames);
  const { signal, onInput } = options;
  const found: InputDiversity[] = [];
  await eachBatch(translations, signal, async (batch) => {
    found.push(await inputDiversity(versions, batch, found.length, options));
    onInput?.(found.length);
  });
  return diversityOf(versions, found, options);
}

/**
 * The part of `diversityFigures` that looks at one input.
 * @param batch its translations, [styles, H, W, C] in [−1, 1]
 * @param place of the input among all, from 0 on: which pairs are drawn depends on it and the seed
 * @throws ArgumentError for fewer than 2 translations
 */
export async function inputDiversity(versions: readonly Lpips[], batch: Tensor4D, place: number, { pairs = paperPairs, allPairsOf = starganTranslations, seed = 0 }: DiversityProtocol = {}): Promise<InputDiversity> {
  const styles = batch.shape[0];
  const wanted = Math.min(pairs, (styles * (styles - 1)) / 2);
  const mean = (distances: readonly { readonly total: number }[]): number => distances.reduce((sum, { total }) => sum + total, 0) / distances.length;
  const [drawn, complete]: [number[], number[]] = [[], []];
  for (const lpips of versions) {
    const features = await lpips.features(batch);
    drawn.push(mean(pairDistances(lpips, features, { pairs: Math.max(1, wanted), seed: (seed + place) % 2 ** 32 })));
    complete.push(mean(pairDistances(lpips, features.slice(0, allPairsOf))));
  }
  return { drawn, complete, pairs: wanted, allPairsOf: Math.min(styles, allPairsOf) };
}

/** The figures of what `inputDiversity` has found of each input, in the order of their places. @throws ArgumentError for no input */
export function diversityOf(versions: readonly Pick<Lpips, 'network' | 'version'>[], inputs: readonly InputDiversity[], { seed = 0 }: Pick<DiversityProtocol, 'seed'> = {}): DiversityResult {
  if (inputs.length === 0) throw new ArgumentError('Diversity: there are no translations to measure.', { remedy: 'Give at least one input with two translations.' });
  const fewest = inputs.reduce((least, { pairs }) => Math.min(least, pairs), Infinity);
  const most = inputs.reduce((largest, { allPairsOf }) => Math.max(largest, allPairsOf), 0);
  // Another count of pairs is another protocol: figures of papers are not of it.
  const pairs = `${fewest} pair${fewest === 1 ? '' : 's'}`;
  const few = {
    drawn: fewest < paperPairs ? [`Of ${pairs} of translations of each input, where the paper takes ${paperPairs}.`] : [],
    complete: most < starganTranslations ? [`Of all pairs of ${most} translations of each input, where StarGAN v2 takes ${starganTranslations}.`] : [],
  };
  const figures = versions.flatMap((lpips, v) => [
    meanFigure({ name: nameOf(lpips), meaning: `LPIPS ${lpips.version} of ${pairs} of translations of each input (the paper's protocol: ${paperPairs})`, better: 'higher', warnings: few.drawn }, inputs.map(({ drawn }) => drawn[v] as number), { seed }),
    meanFigure({ name: `${nameOf(lpips)}-all-pairs`, meaning: `LPIPS ${lpips.version} of all pairs of ${most} translations of each input (StarGAN v2's protocol: ${starganTranslations})`, better: 'higher', warnings: few.complete }, inputs.map(({ complete }) => complete[v] as number), { seed }),
  ]);
  return { figures, perInput: inputs.map(({ drawn }) => drawn[0] as number) };
}

/**
 * The figures of a model that has one translation of each input: 0, the LPIPS of an image and itself, whatever pairs are drawn.
 * @throws ArgumentError for no input
 */
export function deterministicDiversity(versions: readonly Pick<Lpips, 'network' | 'version'>[], inputs: number): Figure[] {
  return versions.flatMap((lpips) =>
    ['', '-all-pairs'].map((protocol) => meanFigure({ name: `${nameOf(lpips)}${protocol}`, meaning: `LPIPS ${lpips.version} of a translation and itself: the model has one for each input`, better: 'higher' }, new Float64Array(inputs))),
  );
}

/** What `realDiversity` compares, and how. */
export interface RealDiversityOptions extends Pick<DiversityProtocol, 'seed' | 'signal'> {
  /** Images at most, in a seeded order. Default 200. */
  readonly most?: number | undefined;
}

/**
 * Mean LPIPS between different real images, in pairs of neighbours of a seeded order: what diversity is read against (the paper's table 1
 * calls it real data). In memory for two images.
 * @param load the image at a place, [1, H, W, C]; all of one size
 * @throws ArgumentError for fewer than 2 images
 */
export async function realDiversity(lpips: Lpips, count: number, load: (index: number) => Promise<Tensor4D>, options: RealDiversityOptions = {}): Promise<Figure> {
  checkOptions('realDiversity', options, { most: true, seed: true, signal: true });
  const measure = realPairDistances([lpips], load);
  const distances: number[] = [];
  for (const pair of realPairs(count, options)) {
    options.signal?.throwIfAborted();
    distances.push(...(await measure(pair)));
  }
  return realDiversityOf(lpips, distances, options);
}

/** Places of the images that `realDiversity` compares. @throws ArgumentError for fewer than 2 images */
export function realPairs(count: number, { seed = 0, most = 200 }: RealDiversityOptions = {}): readonly (readonly [number, number])[] {
  if (count < 2) throw new ArgumentError(`The diversity of real images needs at least 2, but there ${count === 1 ? 'is 1' : 'are none'}.`, { remedy: 'Give more images.' });
  const places = new Rng(seed).permutation(count).slice(0, most);
  return Array.from({ length: places.length - 1 }, (_, i) => [places[i] as number, places[i + 1] as number] as const);
}

/** Measures one pair after another, by each version; an image that is in two pairs in a row passes the networks once. */
export function realPairDistances(versions: readonly Lpips[], load: (index: number) => Promise<Tensor4D>): (pair: readonly [number, number]) => Promise<number[]> {
  let last: { readonly place: number; readonly features: readonly LpipsFeatures[] } | undefined;
  const featuresAt = async (place: number): Promise<readonly LpipsFeatures[]> => {
    if (last?.place === place) return last.features;
    const image = await load(place);
    try {
      const features: LpipsFeatures[] = [];
      for (const lpips of versions) features.push(...(await lpips.features(image)));
      last = { place, features };
      return features;
    } finally {
      image.dispose();
    }
  };
  return async ([one, other]) => {
    const [first, second] = [await featuresAt(one), await featuresAt(other)];
    return versions.map((lpips, v) => lpips.distance(first[v] as LpipsFeatures, second[v] as LpipsFeatures).total);
  };
}

/** The figure of distances that `realPairDistances` has measured. @throws ArgumentError for none */
export const realDiversityOf = (lpips: Pick<Lpips, 'network' | 'version'>, distances: readonly number[], { seed = 0 }: Pick<RealDiversityOptions, 'seed'> = {}): Figure =>
  meanFigure({ name: `${nameOf(lpips)}-real`, meaning: `LPIPS ${lpips.version} between different real images`, better: 'higher' }, distances, { seed });
