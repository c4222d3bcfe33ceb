/** The training images of a run as plain pixels, so that another engine needs no decoder and no resizing to see what munit sees. */
import { mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AbortedError, type Domain, type PerDomain, perDomain } from '@munit/core';
import { type ImageSource, UnpairedBatches } from '@munit/data';
import { DecodePool, fileSource, pairFiles, resolveDomain } from '@munit/data/node';
import { syntheticSource } from '@munit/data/synthetic';
import { BrokenImageError, type PixelImage } from '@munit/images';
import type { TrainingConfig } from '../../config/schema.js';
import { writeFileAtomicSync } from '../../run/atomic.js';
import { runFolderError, withRunFolderErrors } from '../../run/errors.js';
import { builtInSet, learnsFromPairs, samplingOf, shorterSide } from '../images.js';
import { datasetOf } from '../node/dataset.js';
import { imagesFileOf, pixelsFileOf } from './layout.js';

/** How far the writing is. */
export type ImagesProgress = (done: number, total: number) => void;

/** The sources that a run trains on, in the order of its checkpoints' positions. The caller disposes of them. */
async function trainingSources(config: TrainingConfig): Promise<PerDomain<ImageSource> & { dispose(): Promise<void> }> {
  const { synthetic_count: count } = config;
  if (count !== undefined) {
    const sources = perDomain((domain) => syntheticSource(domain, { ...builtInSet(config), count, paired: learnsFromPairs(config) }));
    return { ...sources, dispose: () => Promise.resolve() };
  }
  const { train } = await datasetOf(config);
  const files = { a: await resolveDomain(train.a), b: await resolveDomain(train.b) };
  const paired = learnsFromPairs(config) ? pairFiles(files) : files;
  const pool = new DecodePool({ processes: Math.max(1, config.num_workers) });
  const sources = perDomain((domain) => fileSource(paired[domain], { channels: config[`input_dim_${domain}`], resize: shorterSide(config, domain), pool }));
  return { ...sources, dispose: () => pool.dispose() };
}

/** Loads that are under way at once. */
const ahead = 8;

/** Every image of a source in its order; undefined for one that training skips. */
async function* decoded(source: ImageSource, usable: (image: PixelImage) => boolean): AsyncGenerator<PixelImage | undefined> {
  const pending: Promise<{ readonly image: PixelImage | undefined } | { readonly error: unknown }>[] = [];
  let requested = 0;
  const request = (): void => {
    const loading = source.load(requested++).then(
      ({ image }) => ({ image: usable(image) ? image : undefined }),
      (error: unknown) => (error instanceof BrokenImageError ? { image: undefined } : { error }),
    );
    pending.push(loading);
  };
  for (let given = 0; given < source.names.length; given++) {
    while (requested < source.names.length && pending.length < ahead) request();
    const outcome = await (pending.shift() as (typeof pending)[number]);
    if ('error' in outcome) throw outcome.error;
    yield outcome.image;
  }
}

interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Puts it in its place. */
  close(): Promise<void>;
  discard(): Promise<void>;
}

/** A new file, written piece by piece. @throws RunFolderError, as its methods */
async function openFile(path: string): Promise<NewFile> {
  const temporary = `${path}.${process.pid}.tmp`;
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw runFolderError(error, `write ${path}`);
    }
  };
  const file = await writing(() => open(temporary, 'w'));
  return {
    write: (bytes) => writing(() => file.writeFile(bytes)),
    close: () =>
      writing(async () => {
        await file.sync();
        await file.close();
        await rename(temporary, path);
      }),
    discard: async () => {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

/**
 * Writes the images of both domains into `folder`: all bytes of a domain one after the other, [H, W, C] each, and where each begins.
 * @throws DataError when the images cannot be read; RunFolderError when they cannot be written; AbortedError
 */
export async function writeImages(folder: string, config: TrainingConfig, { onProgress, signal }: { readonly onProgress?: ImagesProgress | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
  const { dispose, ...sources } = await trainingSources(config);
  try {
    const { domains } = new UnpairedBatches({ ...samplingOf(config, {}), sources }).state();
    const total = sources.a.names.length + sources.b.names.length;
    let done = 0;
    const write = async (domain: Domain): Promise<void> => {
      const source = sources[domain];
      const path = join(folder, pixelsFileOf(domain));
      withRunFolderErrors(`write ${path}`, () => mkdirSync(dirname(path), { recursive: true }));
      const file = await openFile(path);
      const [sizes, offsets, broken]: [(readonly [number, number])[], number[], number[]] = [[], [], []];
      let bytes = 0;
      try {
        for await (const image of decoded(source, ({ height, width }) => height >= config.crop_image_height && width >= config.crop_image_width)) {
          if (signal?.aborted === true) throw new AbortedError('The export was aborted.', { cause: signal.reason });
          if (image === undefined) broken.push(sizes.length);
          sizes.push([image?.height ?? 0, image?.width ?? 0]);
          offsets.push(bytes);
          if (image !== undefined) await file.write(new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength));
          bytes += image?.data.byteLength ?? 0;
          onProgress?.(++done, total);
        }
        await file.close();
      } catch (error) {
        await file.discard();
        throw error;
      }
      const about = { channels: source.channels, fingerprint: domains[domain].fingerprint, pixels: pixelsFileOf(domain), bytes, broken, sizes, offsets, names: source.names };
      writeFileAtomicSync(join(folder, imagesFileOf(domain)), `${JSON.stringify(about)}\n`);
    };
    await write('a');
    await write('b');
  } finally {
    await dispose();
  }
}
