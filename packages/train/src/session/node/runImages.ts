/** The images that a run is judged by. */
import { perDomain, type PerDomain, RunFolderError } from '@munit/core';
import type { ImageSource } from '@munit/data';
import { type DatasetSpec, DecodePool, fileSource, resolveDomain } from '@munit/data/node';
import { syntheticSource } from '@munit/data/synthetic';
import type { Size } from '@munit/images';
import type { TrainingConfig } from '../../config/schema.js';
import { readManifest } from '../../run/manifest.js';
import { runPaths } from '../../run/paths.js';
import { storedConfig } from '../config.js';
import { builtInSet, shorterSide } from '../images.js';
import { animalPairsOf, datasetOf, syntheticSetOf } from './dataset.js';

/** Images of both domains, resized as for training; to be cropped to `crop`. */
export interface RunImages {
  /** Test images, which are translated; training images where the run has no others. */
  readonly inputs: PerDomain<ImageSource>;
  /** Whether `inputs` are test images. */
  readonly heldOut: boolean;
  /** Training images: what translations are compared with. */
  readonly real: PerDomain<ImageSource>;
  /** Size of the crop, as in training. */
  readonly crop: Size;
  /** Whether their truth is known: the synthetic benchmark's, or that of animals. */
  readonly known: boolean;
  /** Ends the processes that decode. */
  dispose(): Promise<void>;
}

/** Held-out images that the built-in benchmark has, as many as anybody evaluates. */
const syntheticInputs = 10_000;

/** The images of a run folder, as `imagesOfConfig`. @throws RunFolderError when there is no run */
export async function imagesOfRun(folder: string): Promise<RunImages> {
  const paths = runPaths(folder);
  const manifest = readManifest(paths);
  if (manifest === undefined) throw new RunFolderError(`${folder} holds no run.`, { remedy: 'Give the folder that `munit train` wrote.' });
  return imagesOfConfig(storedConfig(manifest.config, paths.manifest));
}

/**
 * The images of a configuration, opened but not read. The caller disposes of them.
 * @throws ConfigError, DataError as training itself
 */
export async function imagesOfConfig(config: TrainingConfig): Promise<RunImages> {
  const crop = { width: config.crop_image_width, height: config.crop_image_height };
  if (config.synthetic_count !== undefined) {
    const set = builtInSet(config);
    return {
      inputs: perDomain((domain) => syntheticSource(domain, { ...set, count: syntheticInputs, split: 'test' })),
      heldOut: true,
      real: perDomain((domain) => syntheticSource(domain, { ...set, count: config.synthetic_count as number, split: 'train' })),
      crop,
      known: true,
      dispose: () => Promise.resolve(),
    };
  }
  const known = (await syntheticSetOf(config)) !== undefined || (await animalPairsOf(config, 2)) !== undefined;
  return { ...(await openFiles(await datasetOf(config), config)), crop, known };
}

async function openFiles({ train, test }: DatasetSpec, config: TrainingConfig): Promise<Pick<RunImages, 'inputs' | 'heldOut' | 'real' | 'dispose'>> {
  const pool = new DecodePool({ processes: 1 });
  const open = async (spec: DatasetSpec['train']): Promise<PerDomain<ImageSource>> => {
    const source = async (domain: 'a' | 'b'): Promise<ImageSource> =>
      fileSource(await resolveDomain(spec[domain]), { channels: config[`input_dim_${domain}`], resize: shorterSide(config, domain), pool });
    return { a: await source('a'), b: await source('b') };
  };
  try {
    const real = await open(train);
    return { inputs: test === undefined ? real : await open(test), heldOut: test !== undefined, real, dispose: () => pool.dispose() };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}
