/** The metrics that need no labels: diversity by LPIPS, and the distances to real images. */
import { ArgumentError, checkOptions } from '@munit/core';
import type { FeatureExtractor } from '../extractors/extractor.js';
import type { Lpips } from '../lpips/lpips.js';
import { pairDistances } from '../lpips/pairs.js';
import { meanInterval } from '../statistics/bootstrap.js';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { frechetDistance, frechetWarnings } from '../statistics/frechet.js';
import { kernelDistance, type KernelDistanceOptions, kernelNames } from '../statistics/kernel.js';
import { FeatureMoments } from '../statistics/moments.js';
import { eachBatch, type Metric, realOf } from './metric.js';

/** Which pairs `lpipsDiversity` measures. */
export interface DiversityOptions {
  /** Pairs drawn for each input, 19 in the paper; default all (StarGAN v2: 10 translations, 45 pairs). */
  readonly pairs?: number | undefined;
  /** Of the draw and the interval. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Mean LPIPS between translations of one input (paper, section 5.3: 100 inputs, 19 pairs each). More is more diverse, not better by
 * itself: a model without reconstruction losses scores high and looks bad (paper, table 1). The interval is over inputs.
 */
export function lpipsDiversity(lpips: Lpips, options: DiversityOptions = {}): Metric {
  checkOptions('lpipsDiversity', options, { pairs: true, seed: true });
  const { pairs, seed = 0 } = options;
  return {
    name: 'lpips-diversity',
    unit: '',
    better: 'higher',
    measure: async ({ translations }, { signal } = {}) => {
      const means: number[] = [];
      let count = 0;
      await eachBatch(translations, signal, async (batch) => {
        const distances = pairDistances(lpips, await lpips.features(batch), { pairs, seed: (seed + means.length) % 2 ** 32 });
        means.push(distances.reduce((sum, { total }) => sum + total, 0) / distances.length);
        count += batch.shape[0];
      });
      if (means.length === 0) throw new ArgumentError('lpips-diversity: there are no translations to measure.', { remedy: 'Give at least one input with two translations.' });
      return {
        value: means.reduce((a, b) => a + b, 0) / means.length,
        interval: means.length < 2 ? undefined : meanInterval(means, { seed }),
        count,
        warnings: means.length < 20 ? [`${means.length} inputs are few: the interval over inputs says little.`] : [],
      };
    },
  };
}

/** The Fréchet distance of translations to real images, under a name that says whose features: `fid-alexnet`. In flat memory. */
export function frechetMetric(extractor: FeatureExtractor): Metric {
  const name = `fid-${extractor.network}`;
  return {
    name,
    unit: '',
    better: 'lower',
    measure: async (images, { signal } = {}) => {
      const [fake, real] = [new FeatureMoments(extractor.dimension), new FeatureMoments(extractor.dimension)];
      for (const [batches, moments] of [[images.translations, fake], [realOf(name, images), real]] as const) {
        await eachBatch(batches, signal, async (batch) => moments.add(await extractor.features(batch)));
      }
      return { value: frechetDistance(real, fake), count: fake.count, warnings: frechetWarnings(real, fake) };
    },
  };
}

/** The unbiased kernel distance of translations to real images, `kid-alexnet`: the choice for small sets. Keeps a vector per image. */
export function kernelMetric(extractor: FeatureExtractor, options: KernelDistanceOptions = {}): Metric {
  checkOptions('kernelMetric', options, kernelNames);
  const name = `kid-${extractor.network}`;
  return {
    name,
    unit: '',
    better: 'lower',
    measure: async (images, { signal } = {}) => {
      const collect = async (batches: typeof images.translations): Promise<FeatureSet> => {
        const parts: FeatureSet[] = [];
        await eachBatch(batches, signal, async (batch) => void parts.push(await extractor.features(batch)));
        return joined(parts, extractor.dimension);
      };
      const [fake, real] = [await collect(images.translations), await collect(realOf(name, images))];
      const { value, deviation, subsets } = kernelDistance(real, fake, options);
      return {
        value,
        count: fake.count,
        warnings: subsets > 1 && Math.abs(value) < deviation ? [`The distance is smaller than the spread of its subsets (${deviation.toPrecision(3)}): it cannot be distinguished from 0.`] : [],
      };
    },
  };
}

function joined(parts: readonly FeatureSet[], dimension: number): FeatureSet {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return featureSet(data, dimension);
}
