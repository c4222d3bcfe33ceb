import { AbortedError } from '@munit/core';
import { BrokenImageError, MAX_PIXELS } from '@munit/images';
import type { DecodePool } from '../decode/decodePool.js';
import type { Inspection } from '../decode/protocol.js';
import { isMislabelled } from '../fileSource.js';
import type { DomainFiles } from '../listing/types.js';
import type { DomainReport, NamedReason, Range } from './types.js';

export interface InspectDomainOptions {
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
export async function inspectDomain(domain: string, files: DomainFiles, options: InspectDomainOptions): Promise<DomainReport> {
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
