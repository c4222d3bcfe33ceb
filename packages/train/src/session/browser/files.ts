/** From the files of a page to training images. */
import { ArgumentError, ConfigError, DataError, type Domain, type PerDomain, perDomain } from '@munit/core';
import { type ImageSource, UnpairedBatches } from '@munit/data';
import { blobSource } from '@munit/data/browser';
import type { TrainingConfig, TrainingConfigInput } from '../../config/schema.js';
import { builtInSet, displayOf, openSynthetic, samplingOf, shorterSide } from '../images.js';
import type { ImageFeed } from '../ports.js';

/** Decoded images that are kept: a page has less memory than a process. */
const cacheBytes = 256 * 2 ** 20;
/** As in Node. */
const minImages = 2;

/** Two sets of image files, or the built-in benchmark. */
export type TrainingSets =
  | {
      readonly a: readonly Blob[];
      readonly b: readonly Blob[];
      /** What the domains are called in the model: 'cats', 'dogs'. */
      readonly names?: PerDomain<string> | undefined;
    }
  | {
      /** `count` images of each domain, `size` pixels wide and high (default: the crop), drawn from `seed` (default: the configuration's). */
      readonly synthetic: { readonly count: number; readonly size?: number | undefined; readonly seed?: number | undefined };
    };

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
 * The images of a page.
 * @throws DataError on opening, when a set has too few images or none that can be read; ConfigError when there are no sets
 */
export function filesFeed(sets: TrainingSets | undefined): ImageFeed {
  return {
    names: sets === undefined || 'synthetic' in sets ? undefined : sets.names,
    async open(config, { onWarning, ...options }) {
      const sampling = samplingOf(config, { ...options, cacheBytes });
      if (config.synthetic_count !== undefined) {
        return { ...(await openSynthetic(config, config.synthetic_count, sampling)), synthetic: builtInSet(config) };
      }
      if (sets === undefined || 'synthetic' in sets) {
        throw new ConfigError('There are no images to train on.', { remedy: 'Give two sets of files as `sets`; a run that is resumed needs those that it was started with.' });
      }
      const sources = perDomain((domain) => sourceOf(domain, sets, config, onWarning));
      const display = { a: await displayOf(sources.a, config), b: await displayOf(sources.b, config) };
      return { display, batches: new UnpairedBatches({ ...sampling, sources }), synthetic: undefined };
    },
  };
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
    onWarning(`Left out of set ${name}, because they are not images: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}.`);
  }
  return blobSource(files, { channels: config[`input_dim_${domain}`], resize: shorterSide(config, domain), label: `set ${name}` });
}

/** Names make errors readable and the order of the images the same every time. */
function asFile(blob: Blob, index: number): File {
  if (!(blob instanceof Blob)) throw new ArgumentError(`A set is a list of files; its entry ${index} is ${typeof blob}.`, { remedy: 'Give the File objects that the page was given.' });
  return blob instanceof File ? blob : new File([blob], `image ${String(index).padStart(6, '0')}`, { type: blob.type });
}
