/** The results of all shards, as if there had been none. */
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { digestOf, LOG, type Made, readMade, SETTINGS } from './notes.js';
import { isInShard, notComplete, readMerged, readShard, removeShards, type ShardFailure, shardFolder, shardNames, type ShardRecord, shardsIn } from './shards.js';

/** What was merged. */
export interface MergedShards {
  /** How many shards there were. */
  readonly shards: number;
  /** Inputs whose results are in the folder now. */
  readonly translated: number;
  /** Inputs that could not be translated, in order. */
  readonly failed: readonly ShardFailure[];
  /** Paths of all results, in the order of the inputs. */
  readonly outputs: readonly string[];
}

interface Part {
  readonly folder: string;
  readonly record: ShardRecord;
  readonly settings: string;
  readonly made: ReadonlyMap<string, Made>;
}

async function partsOf(out: string, count: number): Promise<Part[]> {
  const parts: Part[] = [];
  const missing: number[] = [];
  for (let index = 1; index <= count; index++) {
    const folder = shardFolder(out, { index, count });
    const record = await readShard(folder);
    const settings = await readFile(join(folder, SETTINGS), 'utf8').catch(() => undefined);
    if (record === undefined || settings === undefined) missing.push(index);
    else parts.push({ folder, record, settings, made: await readMade(folder) });
  }
  if (missing.length > 0) throw notComplete(missing, count);
  return parts;
}

/** All shards had the same inputs, model and settings. */
function checkAlike([first, ...others]: readonly Part[], count: number): void {
  const differing = (what: (part: Part) => string): number[] => others.filter((part) => what(part) !== what(first!)).map(({ record }) => record.index);
  const settings = differing((part) => part.settings);
  if (settings.length > 0) throw new DataError(`${shardNames(settings, count)} had another model or other settings than shard 1.`, { remedy: 'Run them again with the same command and --no-resume.' });
  const inputs = differing((part) => JSON.stringify(part.record.inputs));
  if (inputs.length > 0) throw new DataError(`${shardNames(inputs, count)} saw other inputs than shard 1.`, { remedy: 'Run all shards again on the inputs as they are now: what is done is kept.' });
}

/** Moves a result, or finds it where an interrupted merge has moved it. @throws DataError when it is not what was made */
async function move(from: string, to: string, sha256: string): Promise<void> {
  const isThere = async (path: string): Promise<boolean> => digestOf(await readFile(path).catch(() => new Uint8Array())) === sha256;
  if (await isThere(from)) {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } else if (!(await isThere(to))) throw new DataError(`The result ${from} is missing, or is not what the shard has made.`, { remedy: 'Run the shard again: it makes what is missing.' });
}

/** @throws ArgumentError when the folder holds a file that is not a shard's where a result goes */
async function checkFree(out: string, results: readonly (readonly [name: string, sha256: string])[]): Promise<void> {
  for (const [name, sha256] of results) {
    const path = join(out, name);
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    if (digestOf(await readFile(path).catch(() => new Uint8Array())) !== sha256) throw new ArgumentError(`${path} exists, and is not a result of these shards.`, { remedy: 'Move it away.' });
  }
}

/**
 * Checks that all shards of `translateFiles` in `out` are complete and belong together, and moves their results and notes there, so that
 * the folder is what one run without shards leaves, byte for byte; the notes' times of files apart. Interrupted, it continues when it is
 * called again.
 * @throws DataError for a shard that is missing, not complete, or of another model, settings or inputs; ArgumentError when there are no
 * shards, or a file is in the way
 */
export async function mergeShards(out: string): Promise<MergedShards> {
  const merged = ((await readMerged(out)) as MergedShards | undefined) ?? (await moveShards(out));
  await removeShards(out, merged);
  return merged;
}

async function moveShards(out: string): Promise<MergedShards> {
  const count = await shardsIn(out);
  const parts = await partsOf(out, count);
  checkAlike(parts, count);
  const { inputs } = parts[0]!.record;
  const failures = new Map(parts.flatMap(({ record }) => record.failed.map((failure) => [failure.name, failure] as const)));
  const partOf = (name: string): Part => parts.find(({ record }) => isInShard(name, record))!;
  const lines: string[] = [];
  const all: { readonly from: string; readonly name: string; readonly sha256: string }[] = [];
  let translated = 0;
  for (const input of inputs) {
    const { folder, made, record } = partOf(input);
    const own = made.get(input);
    if (own === undefined) {
      if (failures.has(input)) continue;
      throw new DataError(`Shard ${record.index} of ${count} has made nothing of ${input}.`, { remedy: 'Run the shard again: what is done is kept.' });
    }
    translated++;
    const results = Object.entries(own.results);
    for (const [name, { sha256 }] of results) all.push({ from: join(folder, name), name, sha256 });
    lines.push(...results.map(([claim]) => JSON.stringify({ claim })), JSON.stringify({ name: input, made: own }));
  }
  await checkFree(out, all.map(({ name, sha256 }) => [name, sha256]));
  for (const { from, name, sha256 } of all) await move(from, join(out, name), sha256);
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  await writeFileAtomically(join(out, LOG), encode(lines.map((line) => `${line}\n`).join('')));
  await writeFileAtomically(join(out, SETTINGS), encode(parts[0]!.settings));
  return { shards: count, translated, failed: inputs.flatMap((name) => failures.get(name) ?? []), outputs: all.map(({ name }) => join(out, name)) };
}
