/** Parts of a folder's work, for machines that know nothing of each other. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
/** In the folder of results, while shards are removed that are merged. */
const MERGED = '.munit-merged.json';
/** Names of the folders of shards. */
const SHARD = /^\.shard-\d{1,6}-of-(\d{1,6})$/;

/** @throws ArgumentError unless 1 ≤ index ≤ count */
export function checkShard({ index, count }: Shard): void {
  checkInteger('shard', 'count', count, 1);
  checkInteger('shard', 'index', index, 1);
  if (index > count) throw new ArgumentError(`There is no shard ${index} of ${count}.`, { remedy: `Give one from 1 to ${count}.` });
}

/** Where a shard's results wait for the merge: in the folder of results, hidden. */
export const shardFolder = (out: string, { index, count }: Shard): string => join(out, `.shard-${index}-of-${count}`);

/**
 * How many shards the results in a folder are divided into.
 * @throws ArgumentError when there are no shards, or those of two splits; DataError when the folder cannot be read
 */
export async function shardsIn(out: string): Promise<number> {
  const names = await readdir(out).catch((cause: unknown) => {
    throw new DataError(`The folder ${out} cannot be read.`, { cause, remedy: 'Give the folder of results that the shards were given.' });
  });
  const counts = [...new Set(names.map((name) => Number(SHARD.exec(name)?.[1] ?? NaN)))].filter(Number.isInteger).sort((a, b) => a - b);
  if (counts.length === 0) throw new ArgumentError(`There are no shards in ${out}.`, { remedy: 'Give the folder of results that the shards were given.' });
  if (counts.length > 1) throw new ArgumentError(`${out} holds shards of several splits: of ${counts.join(' and of ')}.`, { remedy: 'Delete the folders .shard-…-of-… of the ones that do not count.' });
  return counts[0]!;
}

/** Some of the shards, as the subject of a sentence. */
export const shardNames = (indices: readonly number[], count: number): string => `${indices.length === 1 ? 'Shard' : 'Shards'} ${indices.join(', ')} of ${count}`;

/** What a merge says of shards that are not through. */
export const notComplete = (indices: readonly number[], count: number): DataError =>
  new DataError(`${shardNames(indices, count)} ${indices.length === 1 ? 'is' : 'are'} not complete.`, { remedy: 'Run the same command for them (again): what is done is kept.' });

/** By its name alone, so that an input stays in its shard when others come or go: SHA-256 of the name, modulo the count. */
export const isInShard = (name: string, { index, count }: Shard): boolean => createHash('sha256').update(name).digest().readUInt32BE(0) % count === index - 1;

/** A shard that works is not through, and neither is a merge, whatever an earlier run has left. @param record the shard's, by its name in the folder */
export async function beginShard(folder: string, record = RECORD): Promise<void> {
  await rm(join(dirname(folder), MERGED), { force: true });
  await rm(join(folder, record), { force: true });
}

/** Removes the shards of a merge that is through. `merged` is there for a merge that is killed meanwhile: `readMerged` of the next one finds it. */
export async function removeShards(out: string, merged: object): Promise<void> {
  await writeFileAtomically(join(out, MERGED), new TextEncoder().encode(JSON.stringify(merged)));
  for (const name of await readdir(out)) if (SHARD.test(name)) await rm(join(out, name), { recursive: true, force: true });
  await rm(join(out, MERGED));
}

/** What a merge has left that was killed when everything was in its place; undefined otherwise. @throws DataError for a file that is damaged */
export async function readMerged(out: string): Promise<unknown> {
  const path = join(out, MERGED);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DataError(`${path} is damaged.`, { cause, remedy: 'Delete it, and run the shards again.' });
  }
}

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
