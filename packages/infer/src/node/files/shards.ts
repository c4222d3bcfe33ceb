/** Parts of a folder's work, for machines that know nothing of each other. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, checkInteger, DataError, type MunitError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import type { Input } from './list.js';

/** One of `count` parts of the work. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** An input that a shard could not translate. */
export interface ShardFailure {
  /** Among the inputs. */
  readonly name: string;
  /** Path of the file. */
  readonly input: string;
  /** Of the error. */
  readonly code: string;
  /** What went wrong, and what to do. */
  readonly message: string;
}

/** What a shard leaves when it is through: without it, it is not. */
export interface ShardRecord {
  readonly version: 1;
  readonly index: number;
  readonly count: number;
  /** Names of the inputs of all shards, in order. */
  readonly inputs: readonly string[];
  readonly failed: readonly ShardFailure[];
}

/** In the folder of a shard. */
const RECORD = '.munit-shard.json';

/** @throws ArgumentError unless 1 ≤ index ≤ count */
export function checkShard({ index, count }: Shard): void {
  checkInteger('shard', 'count', count, 1);
  checkInteger('shard', 'index', index, 1);
  if (index > count) throw new ArgumentError(`There is no shard ${index} of ${count}.`, { remedy: `Give one from 1 to ${count}.` });
}

/** Where a shard's results wait for `mergeShards`: in the folder of results, hidden. */
export const shardFolder = (out: string, { index, count }: Shard): string => join(out, `.shard-${index}-of-${count}`);

/** The shard that a folder's name says it is. */
export function shardOfFolder(name: string): Shard | undefined {
  const [, index, count] = /^\.shard-(\d{1,6})-of-(\d{1,6})$/.exec(name) ?? [];
  return index === undefined || count === undefined ? undefined : { index: Number(index), count: Number(count) };
}

/** By its name alone, so that an input stays in its shard when others come or go: SHA-256 of the name, modulo the count. */
export const isInShard = (name: string, { index, count }: Shard): boolean => createHash('sha256').update(name).digest().readUInt32BE(0) % count === index - 1;

/** A shard that works is not through, whatever an earlier run has left. */
export const beginShard = (folder: string): Promise<void> => rm(join(folder, RECORD), { force: true });

/** Notes that a shard is through. */
export async function finishShard(folder: string, { index, count }: Shard, inputs: readonly Input[], failed: readonly { readonly input: string; readonly error: MunitError }[]): Promise<void> {
  const record: ShardRecord = {
    version: 1, index, count,
    inputs: inputs.map(({ name }) => name),
    failed: failed.map(({ input, error: { code, message } }) => ({ name: inputs.find(({ path }) => path === input)!.name, input, code, message })),
  };
  await writeFileAtomically(join(folder, RECORD), new TextEncoder().encode(`${JSON.stringify(record)}\n`));
}

/** What a shard has left; undefined while it is not through. @throws DataError for a file that is damaged */
export async function readShard(folder: string): Promise<ShardRecord | undefined> {
  const path = join(folder, RECORD);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Partial<ShardRecord>;
    if (record.version === 1 && Array.isArray(record.inputs) && Array.isArray(record.failed)) return record as ShardRecord;
  } catch {
    // Named below.
  }
  throw new DataError(`${path} is damaged.`, { remedy: 'Run the shard again: what it has made is kept.' });
}
