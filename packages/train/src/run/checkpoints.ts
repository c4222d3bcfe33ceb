/**
 * Complete checkpoints, each one file with its SHA-256 beside it (in the format of `sha256sum`, so that `sha256sum -c *.sha256`
 * checks a folder). The checksum is on disk before the file takes its name: a file without a matching one is never loaded.
 */
import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, RunFolderError } from '@munit/core';
import { z } from 'zod';
import { removeTemporaries, writeFileAtomic, writeFileAtomicSync } from './atomic.js';
import { isMissing, runFolderError, withRunFolderErrors } from './errors.js';

export interface CheckpointPolicy {
  /** How many of the newest stay. */
  readonly keepLast?: number;
  /** Those whose step is a multiple of this stay for good; 0 for none. */
  readonly keepEvery?: number;
  /** Change nothing: for looking at a run that another process may be writing. Default false. */
  readonly readOnly?: boolean;
  /** Told in words when a damaged file was passed over. */
  readonly onNotice?: (message: string) => void;
}

export interface SaveCheckpointOptions {
  /** The best so far: stays until a better one comes. */
  readonly best?: boolean;
  /** Why it is the best; kept beside it. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface CheckpointFile {
  readonly step: number;
  readonly path: string;
}

/** A checkpoint whose checksum has been found right. */
export interface LoadedCheckpoint extends CheckpointFile {
  readonly bytes: Uint8Array;
}

export interface Checkpoints {
  /** Writes one, durably, then removes what the policy does not keep. */
  saveCheckpoint(step: number, bytes: Uint8Array, options?: SaveCheckpointOptions): Promise<CheckpointFile>;
  /**
   * The newest one that is whole; damaged ones on the way are put aside as `*.damaged`, with a notice. Undefined when there is none.
   * @throws RunFolderError when there are some and none is whole: starting over must be the user's choice.
   */
  latestCheckpoint(): Promise<LoadedCheckpoint | undefined>;
  /** The best one; undefined when there is none or it is damaged (with a notice). */
  bestCheckpoint(): Promise<LoadedCheckpoint | undefined>;
  /** The one of `step`; undefined when there is none or it is damaged (with a notice). */
  checkpointAt(step: number): Promise<LoadedCheckpoint | undefined>;
  /** What is there by name, rising by step; nothing is read. */
  list(): CheckpointFile[];
  /** Which step is marked as best, and why. */
  best(): { readonly step: number; readonly metrics: Readonly<Record<string, number>> } | undefined;
  /** Removes those after `step`: a run that goes on from there will make its own. */
  discardAfter(step: number): void;
}

const bestSchema = z.object({ step: z.int(), metrics: z.record(z.string(), z.number()) });
const pattern = /^step-(\d+)\.safetensors$/;
const nameOf = (step: number): string => `step-${String(step).padStart(8, '0')}.safetensors`;
const chunkBytes = 16 * 2 ** 20;

/** Reads a file in pieces: one call reads at most 2 GiB. */
async function readWhole(path: string, hash: Hash): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array((await file.stat()).size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(chunkBytes, bytes.length - at));
      if (bytesRead === 0) return bytes.subarray(0, at);
      hash.update(bytes.subarray(at, at + bytesRead));
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

const digestOf = (bytes: Uint8Array): string => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += chunkBytes) hash.update(bytes.subarray(at, at + chunkBytes));
  return hash.digest('hex');
};

/** The checksum beside `path`; undefined when there is none. */
function expectedDigest(path: string): string | undefined {
  try {
    return /^([0-9a-f]{64}) {2}/.exec(readFileSync(`${path}.sha256`, 'utf8'))?.[1];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw runFolderError(error, `read ${path}.sha256`);
  }
}

/**
 * Checkpoints in `folder`, which the caller holds (see `openRunFolder`), and cleans up after interrupted writes; or, with `readOnly`,
 * of whoever holds it.
 */
export function openCheckpoints(folder: string, { keepLast = 3, keepEvery = 0, readOnly = false, onNotice }: CheckpointPolicy = {}): Checkpoints {
  if (!Number.isInteger(keepLast) || keepLast < 1) throw new ArgumentError(`At least 1 checkpoint must be kept; got keepLast = ${keepLast}.`);
  const bestPath = join(folder, 'best.json');
  const pathOf = (step: number): string => join(folder, nameOf(step));

  const list = (): CheckpointFile[] =>
    (readOnly && !existsSync(folder) ? [] : readdirSync(folder))
      .flatMap((name) => (pattern.exec(name) === null ? [] : [{ step: Number(pattern.exec(name)![1]), path: join(folder, name) }]))
      .sort((a, b) => a.step - b.step);

  /** The file goes first: a checksum without a file is harmless, the other way round looks like damage. */
  const remove = (path: string): void => {
    rmSync(path, { force: true });
    rmSync(`${path}.sha256`, { force: true });
  };

  const best: Checkpoints['best'] = () => {
    try {
      return bestSchema.parse(JSON.parse(readFileSync(bestPath, 'utf8')));
    } catch {
      return undefined;
    }
  };

  const load = async (step: number, path: string): Promise<LoadedCheckpoint | undefined> => {
    const expected = expectedDigest(path);
    if (expected !== undefined) {
      const hash = createHash('sha256');
      try {
        const bytes = await readWhole(path, hash);
        if (hash.digest('hex') === expected) return { step, path, bytes };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw runFolderError(error, `read ${path}`);
      }
    } else if (!existsSync(path)) return undefined;
    const reason = expected === undefined ? 'has no checksum' : 'does not match its checksum';
    onNotice?.(`The checkpoint of step ${step} ${reason} and is not used (${path}).`);
    return undefined;
  };

  const prune = (): void => {
    const files = list();
    const last = new Set(files.slice(-keepLast).map(({ step }) => step));
    const marked = best()?.step;
    for (const { step, path } of files) {
      if (!last.has(step) && step !== marked && !(keepEvery > 0 && step % keepEvery === 0)) remove(path);
    }
  };

  const cleanUp = (): void => {
    mkdirSync(folder, { recursive: true });
    removeTemporaries(folder);
    for (const name of readdirSync(folder)) {
      if (/^step-\d+\.safetensors\.sha256$/.test(name) && !existsSync(join(folder, name.slice(0, -7)))) rmSync(join(folder, name));
    }
  };
  if (!readOnly) withRunFolderErrors(`write into ${folder}`, cleanUp);

  return {
    async saveCheckpoint(step, bytes, options = {}) {
      const path = pathOf(step);
      const digest = digestOf(bytes);
      const there = existsSync(path) && expectedDigest(path) === digest && (await load(step, path)) !== undefined;
      if (!there) {
        withRunFolderErrors(`replace ${path}`, () => remove(path));
        writeFileAtomicSync(`${path}.sha256`, `${digest}  ${nameOf(step)}\n`);
        try {
          await writeFileAtomic(path, bytes);
        } catch (error) {
          rmSync(`${path}.sha256`, { force: true });
          throw error;
        }
      }
      if (options.best === true) {
        writeFileAtomicSync(bestPath, `${JSON.stringify({ step, metrics: options.metrics ?? {} }, undefined, 2)}\n`);
      }
      withRunFolderErrors(`remove old checkpoints in ${folder}`, prune);
      return { step, path };
    },

    async latestCheckpoint() {
      const damaged: CheckpointFile[] = [];
      for (const { step, path } of list().reverse()) {
        const loaded = await load(step, path);
        if (loaded === undefined) {
          damaged.push({ step, path });
          continue;
        }
        if (damaged.length > 0) onNotice?.(`Going back to the checkpoint of step ${step}, the newest one that is whole.`);
        if (readOnly) return loaded;
        // Out of the way of the files that the resumed run will write, and of the count of those to keep.
        withRunFolderErrors(`put aside damaged checkpoints in ${folder}`, () => {
          for (const file of damaged) renameSync(file.path, `${file.path}.damaged`);
        });
        return loaded;
      }
      if (damaged.length === 0) return undefined;
      throw new RunFolderError(`None of the ${damaged.length} checkpoint(s) in ${folder} is whole.`, {
        remedy: 'Restore one from a copy together with its .sha256 file, or start the run anew in another folder.',
      });
    },

    async bestCheckpoint() {
      const marked = best();
      return marked === undefined ? undefined : load(marked.step, pathOf(marked.step));
    },
    checkpointAt: async (step) => load(step, pathOf(step)),
    list,
    best,
    discardAfter(step) {
      withRunFolderErrors(`remove later checkpoints in ${folder}`, () => {
        for (const file of list()) if (file.step > step) remove(file.path);
        if ((best()?.step ?? -1) > step) rmSync(bestPath, { force: true });
      });
    },
  };
}
