import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DecodePool } from '../decode/decodePool.js';
import { datasetFromLayout } from '../listing/datasetSpec.js';
import { resolveDomain } from '../listing/resolveDomain.js';
import type { DatasetSpec, DomainSpec } from '../listing/types.js';
import { inspectDomain } from './inspectDomain.js';
import { problemsOf } from './problems.js';
import type { DataReport } from './types.js';

export interface CheckDataOptions {
  /** Images with a shorter side below this are named. Default 64. */
  readonly minSide?: number;
  /** Number of decode processes. */
  readonly processes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: { readonly domain: string; readonly done: number; readonly files: number }) => void;
}

function isDataset(spec: DomainSpec | DatasetSpec): spec is DatasetSpec {
  return 'train' in spec;
}

async function partsOf(target: string | DomainSpec | DatasetSpec): Promise<(readonly [domain: string, spec: DomainSpec])[]> {
  let spec: DomainSpec | DatasetSpec;
  if (typeof target !== 'string') spec = target;
  else {
    const hasLayout = await stat(join(target, 'trainA')).then((found) => found.isDirectory(), () => false);
    spec = hasLayout ? await datasetFromLayout(target) : { kind: 'folder', dir: target };
  }
  if (!isDataset(spec)) return [['images', spec]];
  const { train, test } = spec;
  const training = [['trainA', train.a], ['trainB', train.b]] as const;
  return test === undefined ? [...training] : [...training, ['testA', test.a], ['testB', test.b]];
}

/**
 * Reads every file of a data set whole and reports what is there: counts, sizes, channels, broken, blank, mislabelled, too small and
 * duplicate files. A folder with `trainA` in it is taken as a whole set, any other as one domain.
 * @throws DataError when a folder or list is missing, unreadable, empty, or (for training) holds one image.
 * @throws AbortedError when the signal aborts.
 */
export async function checkData(target: string | DomainSpec | DatasetSpec, options: CheckDataOptions = {}): Promise<DataReport> {
  const { minSide = 64, processes, signal, onProgress } = options;
  const parts = await partsOf(target);
  const listed = [];
  for (const [domain, spec] of parts) {
    listed.push({ domain, files: await resolveDomain(spec, { minImages: domain.startsWith('test') ? 1 : 2 }) });
  }
  const pool = new DecodePool({ processes });
  try {
    const domains = [];
    for (const { domain, files } of listed) {
      let done = 0;
      const onFile = (): void => onProgress?.({ domain, done: ++done, files: files.files.length });
      domains.push(await inspectDomain(domain, files, { pool, minSide, signal, onFile }));
    }
    const problems = domains.flatMap((report) => problemsOf(report, minSide));
    return { domains, problems, ok: problems.every(({ level }) => level !== 'error') };
  } finally {
    await pool.dispose();
  }
}
