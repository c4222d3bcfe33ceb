/** From a configuration to the images that it names. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '@munit/core';
import { displayBatch, type DomainName, type ImageBatch, type ImageSource, UnpairedBatches, type UnpairedBatchesOptions } from '@munit/data';
import { type DatasetSpec, DecodePool, type DomainSpec, datasetFromLayout, datasetFromPairs, fileSource, resolveDomain } from '@munit/data/node';
import { parseTruth, syntheticSource, type SyntheticSetOptions } from '@munit/data/synthetic';
import type { TrainingConfig } from '../config/index.js';
import { perDomain } from '../networks/model.js';
import type { PerDomain } from '../state/index.js';

/** What a run trains on and is shown on. */
export interface RunData {
  readonly batches: UnpairedBatches;
  /** Fixed inputs of the sample grids. */
  readonly display: PerDomain<ImageBatch>;
  /** The benchmark's set, where the run is on it. */
  readonly synthetic: SyntheticSetOptions | undefined;
}

export type BatchesOptions = Pick<UnpairedBatchesOptions, 'state' | 'strict' | 'maxBroken' | 'onNotice' | 'cacheBytes'>;

/**
 * Opens the images that a configuration names; relative paths are relative to the working directory.
 * @throws ConfigError when it names none; @throws DataError when they cannot be used
 */
export async function openRunData(config: TrainingConfig, options: BatchesOptions = {}): Promise<RunData> {
  const crop = { height: config.crop_image_height, width: config.crop_image_width };
  const opened = config.synthetic_count === undefined ? await openFiles(config) : openSynthetic(config, config.synthetic_count);
  try {
    const display = { a: await displayOf(opened.display.a, config, crop), b: await displayOf(opened.display.b, config, crop) };
    const batches = new UnpairedBatches({
      ...options,
      sources: opened.train,
      batchSize: config.batch_size,
      crop,
      flip: config.mirror,
      seed: config.seed,
    });
    return { batches, display, synthetic: await syntheticSetOf(config) };
  } catch (error) {
    await Promise.all([opened.train.a.dispose(), opened.train.b.dispose()]);
    throw error;
  }
}

interface Opened {
  readonly train: PerDomain<ImageSource>;
  readonly display: PerDomain<ImageSource>;
}

/**
 * The synthetic set that a configuration trains on: the built-in one, or a folder of `munit data synthetic` (told by its
 * truth.json) whose pictures come out of the loader as they are; undefined for other images.
 */
export async function syntheticSetOf(config: TrainingConfig): Promise<SyntheticSetOptions | undefined> {
  const size = config.crop_image_height;
  if (config.synthetic_count !== undefined) return { size, seed: config.seed };
  if (config.data_root === undefined || config.crop_image_width !== size) return undefined;
  const text = await readFile(join(config.data_root, 'truth.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { seed, background } = parseTruth(text);
  // Contents are relative to the side, so that the held-out ones are drawn at the size of the crop.
  return shorterSide(config, 'a') === size ? { size, seed, background } : undefined;
}

function openSynthetic(config: TrainingConfig, count: number): Opened {
  const size = config.crop_image_height;
  if (config.crop_image_width !== size) {
    throw new ConfigError(`The synthetic benchmark has square images, but the crop is ${size}×${config.crop_image_width}.`, {
      remedy: 'Set crop_image_height and crop_image_width to the same size.',
    });
  }
  const synthetic = { size, seed: config.seed };
  return {
    train: perDomain((domain) => syntheticSource(domain, { ...synthetic, count })),
    display: perDomain((domain) => syntheticSource(domain, { ...synthetic, count: config.display_size, split: 'test' })),
  };
}

async function openFiles(config: TrainingConfig): Promise<Opened> {
  const { train, test } = await datasetOf(config);
  const pool = new DecodePool(config.num_workers > 0 ? { processes: config.num_workers } : {});
  try {
    const open = async (spec: DomainSpec, domain: DomainName, minImages: number): Promise<ImageSource> => ({
      ...fileSource(await resolveDomain(spec, { minImages }), { channels: config[`input_dim_${domain}`], resize: shorterSide(config, domain), pool }),
      dispose: () => pool.dispose(),
    });
    const sources = { a: await open(train.a, 'a', 2), b: await open(train.b, 'b', 2) };
    const display = test === undefined ? sources : { a: await open(test.a, 'a', 1), b: await open(test.b, 'b', 1) };
    return { train: sources, display };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

/** As published: `new_size`, or one per domain; without any, just large enough for the crop. */
function shorterSide(config: TrainingConfig, domain: DomainName): number {
  return config[`new_size_${domain}`] ?? config.new_size ?? Math.max(config.crop_image_height, config.crop_image_width);
}

/**
 * Where the images are: `data_root` (trainA, trainB, testA, testB), `data_pairs_train`, or `data_folder_train_a` and `_b`,
 * each with its list where `data_list_train_a` is given.
 * @throws ConfigError when nothing is named
 */
export async function datasetOf(config: TrainingConfig): Promise<DatasetSpec> {
  if (config.data_root !== undefined) return datasetFromLayout(config.data_root);
  if (config.data_pairs_train !== undefined) {
    return datasetFromPairs(config.data_pairs_train, config.data_pairs_test === undefined ? {} : { testDir: config.data_pairs_test });
  }
  const train = { a: domainOf(config, 'train_a'), b: domainOf(config, 'train_b') };
  if (train.a === undefined || train.b === undefined) {
    throw new ConfigError('The configuration names no images.', {
      remedy: 'Set data_root, or data_folder_train_a and data_folder_train_b (with data_list_… for list files), or data_pairs_train, or synthetic_count.',
    });
  }
  const test = { a: domainOf(config, 'test_a'), b: domainOf(config, 'test_b') };
  const both = { a: train.a, b: train.b };
  return test.a === undefined || test.b === undefined ? { train: both } : { train: both, test: { a: test.a, b: test.b } };
}

function domainOf(config: TrainingConfig, which: 'train_a' | 'train_b' | 'test_a' | 'test_b'): DomainSpec | undefined {
  const dir = config[`data_folder_${which}`];
  const list = config[`data_list_${which}`];
  if (dir === undefined) return undefined;
  return list === undefined ? { kind: 'folder', dir: resolve(dir) } : { kind: 'list', list: resolve(list), root: resolve(dir) };
}

function displayOf(source: ImageSource, config: TrainingConfig, crop: { readonly height: number; readonly width: number }): Promise<ImageBatch> {
  return displayBatch(source, config.display_size, crop);
}
