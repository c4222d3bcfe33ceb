import { AbortedError, checkOptions, DataError, type Domain, type OptionNames } from '@munit/core';
import { BrokenImageError, centerCrop, type ImageBatch, type PixelImage, type Size, toBatch } from '@munit/images';
import type { ImageSource } from '../sources/types.js';
import type { DataNotice } from './types.js';

/** Which images of a source are evaluated, and how they are cropped. */
export interface EvaluationOptions {
  /** Centre crop. Default: the whole picture, as its source resized it. */
  readonly crop?: number | Size | undefined;
  /** Stop after this many usable pictures. */
  readonly limit?: number | undefined;
  /** Fail on the first broken picture. Default false: it is passed over. */
  readonly strict?: boolean;
  /** The domain that notices name. Default `'a'`. */
  readonly domain?: Domain;
  /** Called for each broken image that is skipped. */
  readonly onNotice?: (notice: DataNotice) => void;
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<EvaluationOptions> = { crop: true, limit: true, strict: true, domain: true, onNotice: true, signal: true };

/** An image of a source by its name. */
export interface EvaluationImage {
  /** As in the source's `names`. */
  readonly name: string;
  /** The pixels, cropped as asked for. */
  readonly image: PixelImage;
}

/** Loads kept under way so that a decode process is never idle. */
const ahead = 4;

/**
 * The pictures of a source once, in their order, without any randomness: whole or centre-cropped.
 * The source stays the caller's.
 * @throws DataError with `strict`, at the first broken picture
 * @throws AbortedError when the signal aborts
 */
export async function* evaluationImages(source: ImageSource, options: EvaluationOptions = {}): AsyncGenerator<EvaluationImage> {
  checkOptions('evaluationImages', options, optionNames);
  const { crop, limit = Infinity, strict = false, domain = 'a', onNotice, signal } = options;
  const pending: Promise<{ readonly image: PixelImage } | { readonly error: unknown }>[] = [];
  let requested = 0;
  let given = 0;
  let broken = 0;
  for (const name of source.names) {
    if (given >= limit) return;
    if (signal?.aborted === true) throw new AbortedError('Reading images was aborted.', { cause: signal.reason });
    while (requested < source.names.length && pending.length < ahead) {
      pending.push(source.load(requested++).then(({ image }) => ({ image }), (error: unknown) => ({ error })));
    }
    const outcome = await (pending.shift() as (typeof pending)[number]);
    if ('error' in outcome) {
      if (!(outcome.error instanceof BrokenImageError) || strict) throw outcome.error;
      onNotice?.({ kind: 'broken', domain, name, reason: outcome.error.reason, count: ++broken });
      continue;
    }
    given++;
    yield { name, image: crop === undefined ? outcome.image : centerCrop(outcome.image, crop) };
  }
}

/** The error for a source whose images are all broken; `last` is what was found of the last one. */
export function noneUsable(source: Pick<ImageSource, 'names' | 'label'>, last: DataNotice | undefined): DataError {
  const why = last?.kind === 'broken' ? `; the last one, ${last.name}, ${last.reason}` : '';
  return new DataError(`None of the ${source.names.length} images of ${source.label} can be used${why}.`, {
    remedy: 'Run `munit data check` on it to see what each of them is.',
  });
}

/**
 * The first `count` usable pictures, centre-cropped, as one batch: the fixed inputs of sample grids.
 * Fewer when the source has fewer.
 * @throws DataError when none is usable.
 */
export async function displayBatch(
  source: ImageSource,
  count: number,
  crop: number | Size,
  options: Omit<EvaluationOptions, 'crop' | 'limit'> = {},
): Promise<ImageBatch> {
  const images: EvaluationImage[] = [];
  let last: DataNotice | undefined;
  const onNotice = (notice: DataNotice): void => {
    last = notice;
    options.onNotice?.(notice);
  };
  for await (const entry of evaluationImages(source, { ...options, onNotice, crop, limit: count })) images.push(entry);
  if (images.length === 0) throw noneUsable(source, last);
  return toBatch(images.map(({ image }) => image), images.map(({ name }) => name));
}
