/**
 * Complete checkpoints, each one file with its SHA-256 beside it (in the format of `sha256sum`, so that `sha256sum -c *.sha256`
 * checks a folder). The checksum is on disk before the file takes its name: a file without a matching one is never loaded.
 * No checkpoint is removed before its successor is whole, and none on doubt.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, RunFolderError } from '@munit/core';
import { removeTemporaries } from '@munit/formats/node';
import { writeFileAtomic, writeFileAtomicSync } from './atomic.js';
import { bestComment, bestFileText, type BestMark, bestPathOf, metricsOfComment, readBestFile } from './bestMark.js';
import { checksumText, digestLines, digestsIn, readWithDigest, sha256Of } from './digest.js';
import { isMissing, isOutOfHandles, reasonOf, runFolderError, withRunFolderErrors } from './errors.js';

/** Which checkpoints stay on disk. */
export interface CheckpointPolicy {
  /** How many of the newest are kept. Default 3. */
  readonly keepLast?: number | undefined;
  /** Those whose step is a multiple of this are kept for good; 0 (the default) for none. */
  readonly keepEvery?: number | undefined;
  /** Change nothing: for looking at a run that another process may be writing. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Called with a sentence when a file was skipped, put aside, or kept because its role is in doubt. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

export interface SaveCheckpointOptions {
  /** The best so far: kept until a better one is saved. */
  readonly best?: boolean | undefined;
  /** Why it is the best; stored beside it. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}

export interface CheckpointFile {
  readonly step: number;
  readonly path: string;
}

/** A checkpoint whose bytes match its checksum. */
export interface LoadedCheckpoint extends CheckpointFile {
  readonly bytes: Uint8Array;
}

/** Why a whole checkpoint cannot be used after all (its weights are not finite, say); undefined when it can. */
export type CheckpointInspection = (checkpoint: LoadedCheckpoint) => string | undefined;

/** The checkpoints of a run folder. A file takes its name only when it is whole on disk. */
export interface Checkpoints {
  /**
   * Writes one durably, then removes what the policy does not keep. One of the same step is replaced in one move: a kill or a full disk
   * leaves either the old one or the new one, whole.
   */
  saveCheckpoint(step: number, bytes: Uint8Array, options?: SaveCheckpointOptions): Promise<CheckpointFile>;
  /**
   * The newest one that is whole and that `inspect` accepts. Newer ones that are damaged, unreadable or refused are put aside
   * (`*.damaged`, `*.broken`), with a notice. Undefined when there is none at all.
   * @throws RunFolderError when there are some and none can be used: starting over must be the user's choice.
   */
  latestCheckpoint(inspect?: CheckpointInspection): Promise<LoadedCheckpoint | undefined>;
  /** The best one; undefined when none is marked or it is damaged (with a notice). */
  bestCheckpoint(): Promise<LoadedCheckpoint | undefined>;
  /** The one of `step`; undefined when there is none or it is damaged (with a notice). */
  checkpointAt(step: number): Promise<LoadedCheckpoint | undefined>;
  /** What is there by name, by ascending step; nothing is read. */
  list(): CheckpointFile[];
  /** Which step is marked as best, and why; derived from the checksum files where `best.json` is lost or damaged. */
  best(): BestMark | undefined;
  /** Removes those after `step`: a run that continues from there will write its own. */
  discardAfter(step: number): void;
}

const pattern = /^step-(\d+)\.safetensors$/;
const nameOf = (step: number): string => `step-${String(step).padStart(8, '0')}.safetensors`;

/** A file that was looked at and cannot be used, and what its new name should end in. */
interface Unusable extends CheckpointFile {
  readonly ending: 'damaged' | 'broken';
}

/**
 * Checkpoints in `folder`, which the caller holds (see `openRunFolder`), and cleans up after interrupted writes; or, with `readOnly`,
 * of whoever holds it.
 * @throws ArgumentError when `keepLast` is below 1
 * @throws RunFolderError when the folder cannot be written
 */
export function openCheckpoints(folder: string, policy: CheckpointPolicy = {}): Checkpoints {
  const { keepLast = 3, keepEvery = 0 } = policy;
  if (!Number.isInteger(keepLast) || keepLast < 1) throw new ArgumentError(`At least 1 checkpoint must be kept; got keepLast = ${keepLast}.`);
  return new CheckpointFolder(folder, { keepLast, keepEvery, readOnly: policy.readOnly ?? false, onNotice: policy.onNotice ?? (() => undefined) });
}

type Settings = { readonly [K in keyof CheckpointPolicy]-?: Exclude<CheckpointPolicy[K], undefined> };

class CheckpointFolder implements Checkpoints {
  readonly #folder: string;
  readonly #settings: Settings;
  /** Sentences that were said already. */
  readonly #said = new Set<string>();
  /** Any of these may be the best one: kept, because nothing says which is. */
  readonly #doubtful = new Set<number>();

  constructor(folder: string, settings: Settings) {
    this.#folder = folder;
    this.#settings = settings;
    if (settings.readOnly) return;
    withRunFolderErrors(`write into ${folder}`, () => {
      mkdirSync(folder, { recursive: true });
      removeTemporaries(folder);
      const names = readdirSync(folder);
      for (const name of names) if (/^step-\d+\.safetensors\.sha256$/.test(name) && !names.includes(name.slice(0, -7))) rmSync(join(folder, name));
    });
  }

  list(): CheckpointFile[] {
    if (this.#settings.readOnly && !existsSync(this.#folder)) return [];
    return withRunFolderErrors(`read ${this.#folder}`, () => readdirSync(this.#folder))
      .flatMap((name) => {
        const step = pattern.exec(name)?.[1];
        return step === undefined ? [] : [{ step: Number(step), path: join(this.#folder, name) }];
      })
      .sort((a, b) => a.step - b.step);
  }

  async saveCheckpoint(step: number, bytes: Uint8Array, { best = false, metrics = {} }: SaveCheckpointOptions = {}): Promise<CheckpointFile> {
    const path = this.#pathOf(step);
    const digest = sha256Of(bytes);
    const text = this.#checksumIfReadable(path) ?? '';
    const comment = best ? bestComment(metrics) : markLine(text);
    const sidecar = `${comment}${digestLines([digest], nameOf(step))}`;
    if (digestsIn(text).includes(digest) && (await this.#load(step, path)) !== undefined) {
      if (text !== sidecar) writeFileAtomicSync(`${path}.sha256`, sidecar);
    } else await this.#write(path, bytes, sidecar, text);
    if (best) {
      writeFileAtomicSync(bestPathOf(this.#folder), bestFileText({ step, metrics }));
      this.#doubtful.clear();
    }
    withRunFolderErrors(`remove old checkpoints in ${this.#folder}`, () => this.#prune());
    return { step, path };
  }

  async latestCheckpoint(inspect: CheckpointInspection = () => undefined): Promise<LoadedCheckpoint | undefined> {
    const unusable: Unusable[] = [];
    for (const { step, path } of this.list().reverse()) {
      const loaded = await this.#load(step, path);
      const reason = loaded === undefined ? undefined : inspect(loaded);
      if (loaded !== undefined && reason === undefined) {
        if (unusable.length > 0) this.#notice(`Going back to the checkpoint of step ${step}, the newest one that can be used.`);
        if (!this.#settings.readOnly) this.#putAside(unusable);
        return loaded;
      }
      if (reason !== undefined) this.#notice(`The checkpoint of step ${step} ${reason} and is not used (${path}).`);
      // One that has vanished since it was listed needs no new name.
      if (existsSync(path)) unusable.push({ step, path, ending: reason === undefined ? 'damaged' : 'broken' });
    }
    if (unusable.length === 0) return undefined;
    throw new RunFolderError(`None of the ${unusable.length} checkpoint(s) in ${this.#folder} can be used.`, {
      remedy: 'Restore one from a copy together with its .sha256 file, or start a new run in another folder.',
    });
  }

  async bestCheckpoint(): Promise<LoadedCheckpoint | undefined> {
    const marked = this.best();
    return marked === undefined ? undefined : this.#load(marked.step, this.#pathOf(marked.step));
  }

  checkpointAt(step: number): Promise<LoadedCheckpoint | undefined> {
    return this.#load(step, this.#pathOf(step));
  }

  best(): BestMark | undefined {
    const stored = readBestFile(this.#folder);
    const derived = this.#derivedMark(stored.kind === 'marked' ? stored.mark.step : -1);
    const mark = derived ?? (stored.kind === 'marked' ? stored.mark : undefined);
    if (stored.kind === 'unreadable' && this.list().length > 0) this.#mistrustMark(stored.reason, mark);
    if (derived !== undefined && !this.#settings.readOnly) this.#rewriteMark(derived);
    return mark;
  }

  discardAfter(step: number): void {
    withRunFolderErrors(`remove later checkpoints in ${this.#folder}`, () => {
      for (const file of this.list()) if (file.step > step) remove(file.path);
      const stored = readBestFile(this.#folder);
      if (stored.kind === 'marked' && stored.mark.step > step) rmSync(bestPathOf(this.#folder), { force: true });
    });
  }

  #pathOf(step: number): string {
    return join(this.#folder, nameOf(step));
  }

  #notice(message: string): void {
    this.#settings.onNotice(message);
  }

  /** For what every save would say again. */
  #noticeOnce(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#notice(message);
  }

  #checksumIfReadable(path: string): string | undefined {
    try {
      return checksumText(path);
    } catch (error) {
      if (isOutOfHandles(error)) throw runFolderError(error, `read ${path}.sha256`);
      return undefined;
    }
  }

  /** Both checksums are on disk while the file changes from the old one to the new one. */
  async #write(path: string, bytes: Uint8Array, sidecar: string, old: string): Promise<void> {
    const oldLines = digestLines(digestsIn(old), nameOf(Number(pattern.exec(path.slice(this.#folder.length + 1))?.[1])));
    writeFileAtomicSync(`${path}.sha256`, `${sidecar}${oldLines}`);
    try {
      await writeFileAtomic(path, bytes);
    } catch (error) {
      // As it was. Where not even this can be written, the two lines serve as well.
      quietly(() => (oldLines === '' ? rmSync(`${path}.sha256`, { force: true }) : writeFileAtomicSync(`${path}.sha256`, old)));
      throw error;
    }
    if (oldLines !== '') quietly(() => writeFileAtomicSync(`${path}.sha256`, sidecar));
  }

  async #load(step: number, path: string): Promise<LoadedCheckpoint | undefined> {
    const refuse = (reason: string): undefined => {
      this.#notice(`The checkpoint of step ${step} ${reason} and is not used (${path}).`);
      return undefined;
    };
    try {
      const text = checksumText(path);
      if (text === undefined) return existsSync(path) ? refuse('has no checksum') : undefined;
      const { bytes, digest } = await readWithDigest(path);
      return digestsIn(text).includes(digest) ? { step, path, bytes } : refuse('does not match its checksum');
    } catch (error) {
      if (isMissing(error)) return undefined;
      // Too many open files say nothing about this file: older ones would fail the same way.
      if (isOutOfHandles(error)) throw runFolderError(error, `read ${path}`);
      return refuse(`cannot be read (${reasonOf(error)})`);
    }
  }

  /** Out of the way of the files that the resumed run will write, and of the number of those to keep. */
  #putAside(files: readonly Unusable[]): void {
    withRunFolderErrors(`put aside unusable checkpoints in ${this.#folder}`, () => {
      for (const { path, ending } of files) renameSync(path, `${path}.${ending}`);
    });
  }

  /** The newest checkpoint after `step` whose checksum file calls it the best. */
  #derivedMark(step: number): BestMark | undefined {
    for (const file of this.list().reverse()) {
      if (file.step <= step) return undefined;
      const metrics = metricsOfComment(this.#checksumIfReadable(file.path) ?? '');
      if (metrics !== undefined) return { step: file.step, metrics };
    }
    return undefined;
  }

  #mistrustMark(reason: string, derived: BestMark | undefined): void {
    const what = `The mark of the best checkpoint cannot be read: ${reason} (${bestPathOf(this.#folder)}).`;
    if (derived !== undefined) this.#noticeOnce(`${what} It has been derived again: the best is that of step ${derived.step}.`);
    else {
      for (const { step } of this.list()) this.#doubtful.add(step);
      this.#noticeOnce(`${what} All checkpoints that are there now are kept, because any of them may be the best.`);
    }
  }

  #rewriteMark(mark: BestMark): void {
    // The checksum file holds the same: without best.json nothing is lost.
    quietly(() => writeFileAtomicSync(bestPathOf(this.#folder), bestFileText(mark)));
  }

  #prune(): void {
    const files = this.list();
    const last = new Set(files.slice(-this.#settings.keepLast).map(({ step }) => step));
    const marked = this.best()?.step;
    const { keepEvery } = this.#settings;
    for (const { step, path } of files) {
      const kept = last.has(step) || step === marked || this.#doubtful.has(step) || (keepEvery > 0 && step % keepEvery === 0);
      if (!kept) remove(path);
    }
  }
}

/** The file goes first: a checksum without a file is harmless, the other way round looks like damage. */
function remove(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.sha256`, { force: true });
}

/** The line of a checksum file that marks the best; empty without one. */
const markLine = (text: string): string => {
  const line = /^# best .*$/m.exec(text)?.[0];
  return line === undefined ? '' : `${line}\n`;
};

/** What may fail without harm. */
function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    return;
  }
}
