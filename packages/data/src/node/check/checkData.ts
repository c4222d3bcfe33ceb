import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, checkOptions } from '@munit/core';
import { BrokenImageError, MAX_PIXELS } from '@munit/images';
import { DecodePool } from '../decode/decodePool.js';
import type { Inspection } from '../decode/protocol.js';
import { isMislabelled } from '../fileSource.js';
import { datasetFromLayout } from '../listing/datasetSpec.js';
import { resolveDomain } from '../listing/resolveDomain.js';
import type { DatasetSpec, DomainFiles, DomainSpec } from '../listing/types.js';
import { type DataReport, type DomainReport, type NamedReason, problemsOf, type Range } from './report.js';

/** How a data set is checked. */
export interface CheckDataOptions {
  /** Images with a shorter side below this are named. Default 64. */
  readonly minSide?: number;
  /** Number of decode processes. */
  readonly processes?: number | undefined;
  /** Stops the check. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each file: how many of its domain's files have been read. */
  readonly onProgress?: (progress: { readonly domain: string; readonly done: number; readonly files: number }) => void;
}

interface InspectDomainOptions {
  readonly pool: DecodePool;
  readonly minSide: number;
  readonly signal?: AbortSignal | undefined;
  readonly onFile: () => void;
}

/** Files under way at once: enough for any pool, few enough for any memory. */
const parallel = 16;

type Outcome = { readonly name: string; readonly inspection: Inspection } | { readonly name: string; readonly reason: string };

async function inspectAll({ files }: DomainFiles, { pool, signal, onFile }: InspectDomainOptions): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(files.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const file = files[index];
      if (file === undefined) return;
      if (signal?.aborted === true) throw new AbortedError('Checking the data was aborted.', { cause: signal.reason });
      outcomes[index] = await pool.inspect(file, MAX_PIXELS).then(
        (inspection) => ({ name: file.name, inspection }),
        (error: unknown) => {
          if (error instanceof BrokenImageError) return { name: file.name, reason: error.reason };
          throw error;
        },
      );
      onFile();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return outcomes;
}

function rangeOf(values: readonly number[]): Range | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((p, q) => p - q);
  return { min: sorted[0] as number, median: sorted[sorted.length >> 1] as number, max: sorted[sorted.length - 1] as number };
}

function groupsOf(entries: readonly { readonly name: string; readonly inspection: Inspection }[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { name, inspection } of entries) groups.set(inspection.hash, [...(groups.get(inspection.hash) ?? []), name]);
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Reads every file of a domain whole. */
async function inspectDomain(domain: string, files: DomainFiles, options: InspectDomainOptions): Promise<DomainReport> {
  const outcomes = await inspectAll(files, options);
  const sound = outcomes.flatMap((outcome) => ('inspection' in outcome ? [outcome] : []));
  const broken: NamedReason[] = outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome] : []));
  const count = (is: (inspection: Inspection) => boolean): number => sound.filter(({ inspection }) => is(inspection)).length;
  const formats: Record<string, number> = {};
  for (const { inspection } of sound) formats[inspection.format] = (formats[inspection.format] ?? 0) + 1;
  const isSmall = ({ width, height }: Inspection): boolean => Math.min(width, height) < options.minSide;
  return {
    domain,
    label: files.label,
    files: files.files.length,
    usable: sound.length,
    bytes: sound.reduce((sum, { inspection }) => sum + inspection.bytes, 0),
    width: rangeOf(sound.map(({ inspection }) => inspection.width)),
    height: rangeOf(sound.map(({ inspection }) => inspection.height)),
    sizes: new Set(sound.map(({ inspection }) => `${inspection.width}×${inspection.height}`)).size,
    formats,
    grey: count((i) => i.grey),
    colour: count((i) => !i.grey),
    alpha: count((i) => i.alpha),
    cmyk: count((i) => i.cmyk),
    sixteenBit: count((i) => i.bitsPerChannel > 8),
    oriented: count((i) => i.oriented),
    broken,
    blank: sound.filter(({ inspection }) => inspection.blank).map(({ name }) => name),
    mislabelled: sound
      .filter(({ name, inspection }) => isMislabelled(name, inspection.format))
      .map(({ name, inspection }) => ({ name, reason: `is ${inspection.format}` })),
    tooSmall: sound
      .filter(({ inspection }) => isSmall(inspection))
      .map(({ name, inspection }) => ({ name, reason: `is ${inspection.width}×${inspection.height}` })),
    duplicates: groupsOf(sound),
    ignored: files.ignored,
  };
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
  checkOptions('checkData', options, { minSide: true, processes: true, signal: true, onProgress: true });
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
