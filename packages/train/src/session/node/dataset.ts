/** From a configuration to the images that it names. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError, type Domain, perDomain } from '@munit/core';
import type { AnimalPair } from '@munit/data/animals';
import { type DatasetSpec, DecodePool, type DomainSpec, datasetFromLayout, datasetFromPairs, fileSource, openUnpaired, readAnimalPairs, readAnimalTruth, resolveDomain } from '@munit/data/node';
import { parseTruth, type SyntheticSetOptions } from '@munit/data/synthetic';
import type { ImageBatch } from '@munit/images';
import type { TrainingConfig } from '../../config/schema.js';
import { type BatchesOptions, builtInSet, displayOf, type OpenedData, openSynthetic, type RunData, type Sampling, samplingOf, shorterSide } from '../images.js';

/**
 * Opens the images that a configuration names; relative paths are relative to the working directory.
 * @throws ConfigError when it names none; @throws DataError when they cannot be used
 */
export async function openRunData(config: TrainingConfig, options: BatchesOptions = {}): Promise<RunData> {
  const sampling = samplingOf(config, options);
  const opened =
    config.synthetic_count === undefined ? await openFiles(config, sampling) : await openSynthetic(config, config.synthetic_count, sampling);
  return { ...opened, synthetic: await syntheticSetOf(config), animals: await animalPairsOf(config, judgedAnimals) };
}

/**
 * The synthetic set that a configuration trains on: the built-in one, or a folder of `munit data synthetic` (recognized by its
 * truth.json) whose images come out of the loader as they are; undefined for other images.
 */
export async function syntheticSetOf(config: TrainingConfig): Promise<SyntheticSetOptions | undefined> {
  const size = config.crop_image_height;
  if (config.synthetic_count !== undefined) return builtInSet(config);
  if (config.data_root === undefined || config.crop_image_width !== size || (await readAnimalTruth(config.data_root)) !== undefined) return undefined;
  const text = await readFile(join(config.data_root, 'truth.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { seed, background } = parseTruth(text);
  // Contents are relative to the side, so that the held-out ones are drawn at the size of the crop.
  return shorterSide(config, 'a') === size ? { size, seed, background } : undefined;
}

/** Held-out animals that a run is judged on while it is trained. */
const judgedAnimals = 64;

/**
 * Held-out pairs of the set of `munit data animals` that a configuration trains on (recognized by its truth.json), as far as its images come
 * out of the loader as they are; undefined for other images.
 */
export async function animalPairsOf(config: TrainingConfig, count: number): Promise<readonly AnimalPair[] | undefined> {
  const { data_root: root, crop_image_height: size, crop_image_width: width } = config;
  if (root === undefined || width !== size || shorterSide(config, 'a') !== size || shorterSide(config, 'b') !== size) return undefined;
  const truth = await readAnimalTruth(root);
  return truth === undefined || truth.size !== size ? undefined : readAnimalPairs(root, truth, count);
}

async function openFiles(config: TrainingConfig, sampling: Sampling): Promise<OpenedData> {
  const { train, test = train } = await datasetOf(config);
  const resize = perDomain((domain) => shorterSide(config, domain));
  const channels = { a: config.input_dim_a, b: config.input_dim_b };
  const processes = config.num_workers > 0 ? config.num_workers : undefined;
  const pool = new DecodePool({ processes: 1 });
  try {
    const shown = async (domain: Domain): Promise<ImageBatch> => {
      const source = fileSource(await resolveDomain(test[domain], { minImages: 1 }), { channels: channels[domain], resize: resize[domain], pool });
      return displayOf(source, config);
    };
    // The set itself first: what is wrong with it is what the user should read.
    const batches = await openUnpaired(train, { ...sampling, resize, channels, processes });
    try {
      return { batches, display: { a: await shown('a'), b: await shown('b') } };
    } catch (error) {
      await batches.dispose();
      throw error;
    }
  } finally {
    await pool.dispose();
  }
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
