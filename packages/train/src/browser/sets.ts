/** From the files of a page to training images. */
import { ArgumentError, ConfigError, DataError, type Domain, perDomain } from '@munit/core';
import { type ImageSource, UnpairedBatches } from '@munit/data';
import { blobSource } from '@munit/data/browser';
import type { TrainingConfig, TrainingConfigInput } from '../config/index.js';
import { type BatchesOptions, builtInSet, displayOf, openSynthetic, type RunData, samplingOf, shorterSide } from '../setup/index.js';
import type { TrainingSets } from './types.js';

/** Decoded images that are kept: a page has less memory than a process. */
const cacheBytes = 256 * 2 ** 20;
/** As in Node. */
const minImages = 2;

type FileSets = Extract<TrainingSets, { readonly a: unknown }>;

/** The part of a configuration that the sets decide. */
export function configOfSets(sets: TrainingSets | undefined, given: TrainingConfigInput): TrainingConfigInput {
  const named = Object.keys(given).filter((key) => key.startsWith('data_') || key === 'vgg_weights');
  if (named.length > 0) {
    throw new ConfigError(`A page has no folders, but the configuration names some: ${named.join(', ')}.`, { remedy: 'Give the images as `sets`.' });
  }
  if (sets === undefined || !('synthetic' in sets)) return given;
  const { count, size, seed } = sets.synthetic;
  return {
    ...given,
    synthetic_count: count,
    ...(size === undefined ? {} : { crop_image_height: size, crop_image_width: size, new_size: size }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/**
 * Opens what a run trains on.
 * @throws DataError when a set has too few images or none that can be read; ConfigError when there are no sets
 */
export async function openSets(config: TrainingConfig, sets: TrainingSets | undefined, options: BatchesOptions & { readonly onWarning: (message: string) => void }): Promise<RunData> {
  const { onWarning, ...given } = options;
  const sampling = samplingOf(config, { ...given, cacheBytes });
  if (config.synthetic_count !== undefined) {
    return { ...(await openSynthetic(config, config.synthetic_count, sampling)), synthetic: builtInSet(config) };
  }
  if (sets === undefined || 'synthetic' in sets) {
    throw new ConfigError('There are no images to train on.', { remedy: 'Give two sets of files as `sets`; a run that goes on needs those that it was started with.' });
  }
  const sources = perDomain((domain) => sourceOf(domain, sets, config, onWarning));
  const display = { a: await displayOf(sources.a, config), b: await displayOf(sources.b, config) };
  return { display, batches: openBatches(sources, sampling, onWarning), synthetic: undefined };
}

type BatchSettings = Omit<ConstructorParameters<typeof UnpairedBatches>[0], 'sources'>;

/** Where the files are others than those that the checkpoint knows, their order begins anew: the weights are worth more than it. */
function openBatches(sources: { readonly a: ImageSource; readonly b: ImageSource }, sampling: BatchSettings, onWarning: (message: string) => void): UnpairedBatches {
  try {
    return new UnpairedBatches({ ...sampling, sources });
  } catch (error) {
    if (!(error instanceof DataError) || sampling.state === undefined) throw error;
    onWarning('The images are not those of the checkpoint: the weights go on, and the order of the images begins anew.');
    return new UnpairedBatches({ ...sampling, state: undefined, sources });
  }
}

/** Whether a file may be an image, as far as its kind and name tell. */
function mayBeImage(file: File): boolean {
  if (file.name.startsWith('.')) return false;
  return file.type === '' ? /(^[^.]*|\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|bmp|hei[cf]))$/i.test(file.name) : file.type.startsWith('image/');
}

function sourceOf(domain: Domain, sets: FileSets, config: TrainingConfig, onWarning: (message: string) => void): ImageSource {
  const all = sets[domain].map(asFile);
  const files = all.filter(mayBeImage);
  const name = domain.toUpperCase();
  if (files.length < minImages) {
    const found = all.length === 0 ? 'is empty' : `holds ${files.length === 0 ? 'no image' : `${files.length} image`} among ${all.length} ${all.length === 1 ? 'file' : 'files'}`;
    throw new DataError(`The set ${name} ${found}; training needs at least ${minImages} images in each.`, { remedy: 'A few hundred of each make a good start.' });
  }
  if (files.length < all.length) {
    const left = all.filter((file) => !files.includes(file)).map((file) => file.name);
    onWarning(`Left out of set ${name}, being no images: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}.`);
  }
  return blobSource(files, { channels: config[`input_dim_${domain}`], resize: shorterSide(config, domain), label: `set ${name}` });
}

/** Names make errors readable and the order of the images the same every time. */
function asFile(blob: Blob, index: number): File {
  if (!(blob instanceof Blob)) throw new ArgumentError(`A set is a list of files; its entry ${index} is ${typeof blob}.`, { remedy: 'Give the File objects that the page was given.' });
  return blob instanceof File ? blob : new File([blob], `image ${String(index).padStart(6, '0')}`, { type: blob.type });
}
