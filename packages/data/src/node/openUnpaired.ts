import type { DomainName, PerDomain } from '../image/types.js';
import type { UnpairedBatchesOptions } from '../sampling/unpairedBatches.js';
import { UnpairedBatches } from '../sampling/unpairedBatches.js';
import type { ImageSource } from '../sources/types.js';
import { DecodePool } from './decode/decodePool.js';
import { fileSource } from './fileSource.js';
import type { FileSourceOptions } from './fileSource.js';
import { resolveDomain } from './listing/resolveDomain.js';
import type { DomainSpec } from './listing/types.js';

export interface OpenUnpairedOptions extends Omit<UnpairedBatchesOptions, 'sources'>, Omit<FileSourceOptions, 'pool' | 'channels'> {
  /** Channels of each domain, 1 or 3. Default 3. */
  readonly channels?: PerDomain<1 | 3>;
  /** Number of decode processes. */
  readonly processes?: number | undefined;
  /** Fewer images in a domain are an error. Default 2. */
  readonly minImages?: number;
}

/**
 * Training batches from files: lists both domains, starts a pool of decode processes that they share, and reads ahead.
 * @throws DataError for a missing, empty or unreadable folder or list, or one with fewer than `minImages`.
 *
 * @example
 * const batches = await openUnpaired({ a: 'cats/', b: 'dogs/' }, { resize: 286, crop: 256, batchSize: 1, seed: 1 });
 */
export async function openUnpaired(domains: PerDomain<DomainSpec | string>, options: OpenUnpairedOptions): Promise<UnpairedBatches> {
  const { channels = { a: 3, b: 3 }, processes, minImages = 2, resize, background, maxPixels, ...sampling } = options;
  const files = {
    a: await resolveDomain(domains.a, { minImages }),
    b: await resolveDomain(domains.b, { minImages }),
  };
  const pool = new DecodePool({ processes });
  const open = (domain: DomainName): ImageSource => ({
    ...fileSource(files[domain], {
      channels: channels[domain],
      resize,
      pool,
      ...(background === undefined ? {} : { background }),
      ...(maxPixels === undefined ? {} : { maxPixels }),
    }),
    dispose: () => pool.dispose(),
  });
  return new UnpairedBatches({ ...sampling, sources: { a: open('a'), b: open('b') } });
}
