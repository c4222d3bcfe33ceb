/** How different the translations of one input are: LPIPS by the paper's protocol and by StarGAN v2's. */
import { ArgumentError, Rng, type Tensor4D } from '@munit/core';
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

/** What `diversityFigures` finds. */
export interface DiversityResult {
  /** For each version of LPIPS its two protocols. */
  readonly figures: readonly Figure[];
  /** The mean over the first protocol's pairs for each input, by the first version: which inputs are the most and least diverse. */
  readonly perInput: readonly number[];
}

const nameOf = ({ network, version }: Pick<Lpips, 'network' | 'version'>): string => `lpips-${network}-${version}`;

/**
 * Mean LPIPS between translations of one input; of several versions at once.
 * @param translations for each input its translations, [styles, H, W, C] in [−1, 1]
 * @throws ArgumentError for no input, or fewer than 2 translations of one
 */
export async function diversityFigures(versions: readonly Lpips[], translations: Iterable<Tensor4D> | AsyncIterable<Tensor4D>, options: DiversityProtocol = {}): Promise<DiversityResult> {
  const { pairs = 19, allPairsOf = 10, seed = 0, signal, onInput } = options;
  const drawn: number[][] = versions.map(() => []);
  const complete: number[][] = versions.map(() => []);
  let [count, fewest, most] = [0, Infinity, 0];
  const mean = (distances: readonly { readonly total: number }[]): number => distances.reduce((sum, { total }) => sum + total, 0) / distances.length;
  await eachBatch(translations, signal, async (batch) => {
    const styles = batch.shape[0];
    const wanted = Math.min(pairs, (styles * (styles - 1)) / 2);
    [fewest, most] = [Math.min(fewest, wanted), Math.max(most, Math.min(styles, allPairsOf))];
    for (const [v, lpips] of versions.entries()) {
      const features = await lpips.features(batch);
      drawn[v]!.push(mean(pairDistances(lpips, features, { pairs: Math.max(1, wanted), seed: (seed + count) % 2 ** 32 })));
      complete[v]!.push(mean(pairDistances(lpips, features.slice(0, allPairsOf))));
    }
    count++;
    onInput?.(count);
  });
  if (count === 0) throw new ArgumentError('Diversity: there are no translations to measure.', { remedy: 'Give at least one input with two translations.' });
  const figures = versions.flatMap((lpips, v) => [
    meanFigure({ name: nameOf(lpips), meaning: `LPIPS ${lpips.version} of ${fewest} pairs of translations of each input (the paper's protocol: 19)`, better: 'higher' }, drawn[v]!, { seed }),
    meanFigure({ name: `${nameOf(lpips)}-all-pairs`, meaning: `LPIPS ${lpips.version} of all pairs of ${most} translations of each input (StarGAN v2's protocol: 10)`, better: 'higher' }, complete[v]!, { seed }),
  ]);
  return { figures, perInput: drawn[0]! };
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

/**
 * Mean LPIPS between different real images, in pairs of neighbours of a seeded order: what diversity is read against (the paper's table 1
 * calls it real data). In memory for two images.
 * @param load the image at a place, [1, H, W, C]; all of one size
 * @throws ArgumentError for fewer than 2 images
 */
export async function realDiversity(lpips: Lpips, count: number, load: (index: number) => Promise<Tensor4D>, options: Pick<DiversityProtocol, 'seed' | 'signal'> & { readonly most?: number } = {}): Promise<Figure> {
  const { seed = 0, signal, most = 200 } = options;
  if (count < 2) throw new ArgumentError(`The diversity of real images needs at least 2, but there ${count === 1 ? 'is 1' : 'are none'}.`, { remedy: 'Give more images.' });
  const distances: number[] = [];
  let previous: LpipsFeatures | undefined;
  for (const index of new Rng(seed).permutation(count).slice(0, most)) {
    signal?.throwIfAborted();
    const image = await load(index);
    try {
      const [features] = (await lpips.features(image)) as [LpipsFeatures];
      if (previous !== undefined) distances.push(lpips.distance(previous, features).total);
      previous = features;
    } finally {
      image.dispose();
    }
  }
  return meanFigure({ name: `${nameOf(lpips)}-real`, meaning: `LPIPS ${lpips.version} between different real images`, better: 'higher' }, distances, { seed });
}
