/** The parts of an evaluation that processes measure apart: which items are whose, and what each leaves for the merge. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { beginShard as beginWork, isInShard, readMerged, type Shard, shardFolder, shardsIn } from '@munit/infer/node';
import type { RunJudgements } from '@munit/train/node';
import type { EvaluateRequest } from './request.js';

/** What a shard leaves when it is through: without it, it is not. */
export interface EvaluationShard {
  readonly version: 1;
  readonly shard: Shard;
  /** The model, the images and the settings, as a text that is the same for all shards. */
  readonly state: string;
  /** What was asked, without the shard. */
  readonly request: EvaluateRequest;
  /** Where: paths in the request may be relative to it. */
  readonly cwd: string;
  /** Of a run that is measured by the truth of its images alone: the step of its checkpoint. */
  readonly step?: number | undefined;
  /** The device as the report names it. */
  readonly device: string;
  /** Names of all that was measured, by this shard and the others. */
  readonly names: readonly string[];
}

const RECORD = 'shard.json';

/** Places of the names that are this process's: all without a shard. */
export const placesOf = (names: readonly string[], shard: Shard | undefined): readonly number[] =>
  names.flatMap((name, place) => (shard === undefined || isInShard(name, shard) ? [place] : []));

/** A shard that works is not through, whatever an earlier run has left. */
export const beginShard = (folder: string): Promise<void> => beginWork(folder, RECORD);

/** Notes that a shard is through. */
export const finishShard = (folder: string, record: Omit<EvaluationShard, 'version' | 'cwd'>): Promise<void> =>
  writeFileAtomically(join(folder, RECORD), new TextEncoder().encode(`${JSON.stringify({ version: 1, cwd: process.cwd(), ...record })}\n`));

/** What a shard has left; undefined while it is not through. @throws DataError for a file that is damaged */
export async function readShard(folder: string): Promise<EvaluationShard | undefined> {
  const path = join(folder, RECORD);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Partial<EvaluationShard>;
    if (record.version === 1 && typeof record.state === 'string' && record.request !== undefined && Array.isArray(record.names)) return record as EvaluationShard;
  } catch {
    // Named below.
  }
  throw new DataError(`${path} is damaged.`, { remedy: 'Run the shard again: what it has made is kept.' });
}

/** Of a merge: what the report is made of, apart from what is in the folder. */
export interface JoinedEvaluation {
  /** Of the first shard. */
  readonly first: EvaluationShard;
  /** What the shards have found of images whose truth is known; undefined where that was not asked. */
  readonly judged?: readonly RunJudgements[] | undefined;
}

/** What a merge has left that was killed when everything was in its place. */
export async function readJoined(out: string): Promise<JoinedEvaluation | undefined> {
  const left = await readMerged(out);
  return typeof left === 'object' && left !== null && 'first' in left ? (left as JoinedEvaluation) : undefined;
}

/** Whether the shards in a folder are of an evaluation, and not of a translation. @throws as `shardsIn` */
export async function holdsEvaluation(out: string): Promise<boolean> {
  if ((await readMerged(out)) !== undefined) return (await readJoined(out)) !== undefined;
  const count = await shardsIn(out);
  return Array.from({ length: count }, (_, i) => shardFolder(out, { index: i + 1, count })).some((folder) => existsSync(join(folder, 'settings.json')));
}
