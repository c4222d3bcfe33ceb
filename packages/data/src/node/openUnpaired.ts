import { checkOptions, type OptionNames, type PerDomain } from '@munit/core';
import type { Channels } from '@munit/images';
import type { DataNotice, UnpairedReader } from '../sampling/types.js';
import { batchesNames, type UnpairedBatchesOptions } from '../sampling/unpairedBatches.js';
import type { FileSourceOptions } from './fileSource.js';
import { resolveDomain } from './listing/resolveDomain.js';
import { pairFiles } from './listing/pairFiles.js';
import type { DomainSpec } from './listing/types.js';
import { ThreadedBatches } from './reader/threadedBatches.js';

/** How image files become batches. */
export interface OpenUnpairedOptions extends Omit<UnpairedBatchesOptions, 'sources'>, Omit<FileSourceOptions, 'pool' | 'channels' | 'resize'> {
  /** Shorter side after the resize, for both domains or each; null keeps every image's own size. Default null. */
  readonly resize?: number | null | PerDomain<number | null> | undefined;
  /** Channels of each domain, 1 or 3. Default 3. */
  readonly channels?: PerDomain<Channels> | undefined;
  /** Number of decode processes. */
  readonly processes?: number | undefined;
  /** Fewer images in a domain are an error. Default 2. */
  readonly minImages?: number | undefined;
}

const { sources: _, ...fromBatches } = batchesNames;
const optionNames: OptionNames<OpenUnpairedOptions> = { ...fromBatches, background: true, maxPixels: true, resize: true, channels: true, processes: true, minImages: true };

function bothOf(resize: number | null | PerDomain<number | null>): PerDomain<number | null> {
  return typeof resize === 'object' && resize !== null ? resize : { a: resize, b: resize };
}

/** Batches that the thread sends ahead, beside those that it prepares ahead. */
const ahead = 4;

/**
 * Training batches from files: lists both domains, then decodes in a pool of processes and makes batches in a thread, so that the trainer's
 * thread only takes them. The batches are those of `UnpairedBatches` on the same files and options.
 * With `paired`, files of the two domains belong together by their names, whatever their extensions.
 * @throws DataError for a missing, empty or unreadable folder or list, or one with fewer than `minImages`; and for a name without a partner
 *
 * @example
 * const batches = await openUnpaired({ a: 'cats/', b: 'dogs/' }, { resize: 286, crop: 256, batchSize: 1, seed: 1 });
 */
export async function openUnpaired(domains: PerDomain<DomainSpec | string>, options: OpenUnpairedOptions): Promise<UnpairedReader> {
  checkOptions('openUnpaired', options, optionNames);
  const { channels = { a: 3, b: 3 }, processes, minImages = 2, resize, background, maxPixels, onNotice, ...sampling } = options;
  const files = {
    a: await resolveDomain(domains.a, { minImages }),
    b: await resolveDomain(domains.b, { minImages }),
  };
  const domainsOf = sampling.paired === true ? pairFiles(files) : files;
  const ignoreNotice = (_notice: DataNotice): void => undefined;
  return ThreadedBatches.open({ domains: domainsOf, channels, processes, resize: bothOf(resize ?? null), background, maxPixels, sampling }, ahead, onNotice ?? ignoreNotice);
}
