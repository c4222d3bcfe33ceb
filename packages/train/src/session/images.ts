/** What a run trains on, as far as it is the same from files of a disk, files of a page, and none at all. */
import { ConfigError, type Domain, perDomain, type PerDomain } from '@munit/core';
import { type DataNotice, displayBatch, type ImageSource, UnpairedBatches, type UnpairedBatchesOptions, type UnpairedReader } from '@munit/data';
import type { AnimalPair } from '@munit/data/animals';
import { syntheticSource, type SyntheticSetOptions } from '@munit/data/synthetic';
import type { ImageBatch, Size } from '@munit/images';
import type { TrainingConfig } from '../config/schema.js';

/** What a run trains on and is shown on. */
export interface RunData {
  readonly batches: UnpairedReader;
  /** Fixed inputs of the sample grids. */
  readonly display: PerDomain<ImageBatch>;
  /** The benchmark's set, where the run is on it. */
  readonly synthetic: SyntheticSetOptions | undefined;
  /** Held-out animals, where the run is on a set of `munit data animals`. */
  readonly animals?: readonly AnimalPair[] | undefined;
}

/** A notice about an image, in words. */
export function describeNotice(notice: DataNotice): string {
  const where = `${notice.name} (domain ${notice.domain.toUpperCase()})`;
  return notice.kind === 'broken' ? `Skipped ${where}: it ${notice.reason}. ${notice.count} broken so far.` : `${where} ${notice.note}.`;
}

export type OpenedData = Omit<RunData, 'synthetic' | 'animals'>;
export type BatchesOptions = Pick<UnpairedBatchesOptions, 'state' | 'strict' | 'maxBroken' | 'onNotice' | 'cacheBytes'>;
export type Sampling = Omit<UnpairedBatchesOptions, 'sources'>;

const cropOf = ({ crop_image_height: height, crop_image_width: width }: TrainingConfig): Size => ({ height, width });

/** Whether the images of the two domains are pairs: those of BicycleGAN are. */
export const learnsFromPairs = ({ trainer }: Pick<TrainingConfig, 'trainer'>): boolean => trainer === 'BicycleGAN';

/** How batches are drawn by a configuration. */
export function samplingOf(config: TrainingConfig, options: BatchesOptions): Sampling {
  return { ...options, batchSize: config.batch_size, crop: cropOf(config), flip: config.mirror, seed: config.seed, paired: learnsFromPairs(config) };
}

/** As published: `new_size`, or one per domain; without any, just large enough for the crop. */
export function shorterSide(config: TrainingConfig, domain: Domain): number {
  return config[`new_size_${domain}`] ?? config.new_size ?? Math.max(config.crop_image_height, config.crop_image_width);
}

/** The fixed inputs of a domain. */
export function displayOf(source: ImageSource, config: TrainingConfig): Promise<ImageBatch> {
  return displayBatch(source, config.display_size, cropOf(config));
}

/** The built-in benchmark's set of a configuration with `synthetic_count`. */
export function builtInSet(config: TrainingConfig): SyntheticSetOptions {
  return { size: config.crop_image_height, seed: config.seed };
}

/**
 * The built-in benchmark: nothing is read.
 * @throws ConfigError when the crop is not square
 */
export async function openSynthetic(config: TrainingConfig, count: number, sampling: Sampling): Promise<OpenedData> {
  const set = builtInSet(config);
  if (config.crop_image_width !== set.size) {
    throw new ConfigError(`The synthetic benchmark has square images, but the crop is ${set.size}×${config.crop_image_width}.`, {
      remedy: 'Set crop_image_height and crop_image_width to the same size.',
    });
  }
  const shown = perDomain((domain) => syntheticSource(domain, { ...set, count: config.display_size, split: 'test' }));
  const display = { a: await displayOf(shown.a, config), b: await displayOf(shown.b, config) };
  return { display, batches: new UnpairedBatches({ ...sampling, sources: perDomain((domain) => syntheticSource(domain, { ...set, count, paired: learnsFromPairs(config) })) }) };
}
