import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RunFolderError } from '@munit/core';
import { removeTemporaries } from '@munit/formats/node';
import { formatBytes } from '../format.js';
import { isTaken, withRunFolderErrors } from './errors.js';
import { type FolderLock, takeLock } from './lock.js';
import { readManifest, type RunManifest, type SessionStart, writeManifest } from './manifest.js';
import { type RunPaths, runPaths } from './paths.js';
import { textIfAny } from './text.js';

/** How `openRunFolder` treats what is there. */
export interface OpenRunOptions {
  /** Continue the run that the folder holds. */
  readonly resume?: boolean | undefined;
  /** Delete the run that the folder holds and start from scratch. */
  readonly overwrite?: boolean | undefined;
}

/** A run folder held by this process until `close`. */
export interface RunFolder {
  /** Where everything in the folder lies. */
  readonly paths: RunPaths;
  /** Whether the run that the folder held is being continued. */
  readonly resumed: boolean;
  /** What `run.json` said when the folder was opened; undefined for a fresh run, or when the file is lost. */
  readonly manifest: RunManifest | undefined;
  /** What happened on opening that the user should know. */
  readonly notices: readonly string[];
  /** Writes `run.json` and `config.yaml`, once per start. */
  writeManifest(start: SessionStart): RunManifest;
  /** Bytes that the disk of the folder has left; undefined where the system does not say. */
  freeBytes(): number | undefined;
  /**
   * @throws RunFolderError when the disk has less than `bytes` left for `what`: better known before a night of training.
   */
  requireSpace(bytes: number, what: string): void;
  /** Gives the folder free. @throws RunFolderError when the lock cannot be removed */
  close(): void;
}

const isCheckpoint = (name: string): boolean => /^step-\d+\.safetensors$/.test(name);
const holdsCheckpoints = (paths: RunPaths): boolean => existsSync(paths.checkpoints) && readdirSync(paths.checkpoints).some(isCheckpoint);
const holdsRun = (paths: RunPaths): boolean => existsSync(paths.manifest) || holdsCheckpoints(paths);

/**
 * Refuses to start a run from scratch in a folder whose logs show that it has trained.
 * @throws RunFolderError
 */
export function requireUntrained(paths: RunPaths): void {
  const holds = (path: string, trace: RegExp): boolean => trace.test(textIfAny(path) ?? '');
  // A row of losses, or an event that a step or a checkpoint leaves.
  const trained = holds(paths.losses, /^[1-9]\d*,/m) || holds(paths.events, /"(kind|type)":\s*"(step|checkpoint)"/);
  if (!trained) return;
  throw new RunFolderError(`The run in ${paths.folder} has trained, but its checkpoints are not in ${paths.checkpoints}.`, {
    remedy: 'Put them back (was a folder moved, or a disk not mounted?), or start a new run in another folder.',
  });
}

/** Deletes what a run has written, and nothing else. */
function deleteRun(paths: RunPaths): void {
  const own = [
    // Without its manifest a half-deleted run is none.
    paths.manifest,
    paths.checkpoints,
    paths.samples,
    paths.tensorboard,
    paths.config,
    paths.losses,
    paths.events,
    paths.report,
    paths.model,
  ];
  withRunFolderErrors(`delete the run in ${paths.folder}`, () => {
    for (const path of own) rmSync(path, { recursive: true, force: true });
  });
}

function refuseWrongStart(paths: RunPaths, { resume = false, overwrite = false }: OpenRunOptions): void {
  const held = holdsRun(paths);
  if (held && !resume && !overwrite) {
    throw new RunFolderError(`${paths.folder} already holds a run.`, {
      remedy: 'Continue it (--resume), choose another folder (--out), or replace it (--overwrite).',
    });
  }
  if (!held && resume) {
    throw new RunFolderError(`${paths.folder} holds no run that could be resumed.`, {
      remedy: 'Check the path, or leave out --resume to start a run there.',
    });
  }
}

/** One level at a time: the recursive call of Node reports a read-only file system as a missing folder. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was faster.
    if (!isTaken(error)) throw error;
  }
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function describe(lock: FolderLock, leftovers: readonly string[]): string[] {
  const { tookOver } = lock;
  const notices: string[] = [];
  if (tookOver === 'unreadable') notices.push('The lock of the run folder was unreadable; it has been replaced.');
  else if (tookOver !== undefined) {
    notices.push(`The run folder was still locked by process ${tookOver.pid}, which is gone; its lock has been taken over.`);
  }
  if (leftovers.length > 0) notices.push(`Removed ${leftovers.length} unfinished file(s) of an interrupted write.`);
  return notices;
}

/**
 * Opens `folder` for one run and holds it against every other process. A fresh run needs a folder without a run.
 *
 * @throws RunFolderError when another process holds it (named with its pid), when it already holds a run and neither `resume` nor
 * `overwrite` is given, when there is nothing to resume, or when it cannot be written (read-only, forbidden, full).
 */
export function openRunFolder(folder: string, options: OpenRunOptions = {}): RunFolder {
  const paths = runPaths(resolve(folder));
  // Before anything is created: a wrong --resume should leave no empty folder behind.
  if (options.resume === true && !existsSync(paths.folder)) refuseWrongStart(paths, options);
  withRunFolderErrors(`create the run folder ${paths.folder}`, () => makeFolder(paths.folder));
  const lock = takeLock(paths.lock);
  try {
    const leftovers = withRunFolderErrors(`write into ${paths.folder}`, () => {
      refuseWrongStart(paths, options);
      if (options.overwrite === true && options.resume !== true) deleteRun(paths);
      const subfolders = [paths.checkpoints, paths.samples, paths.tensorboard];
      for (const path of subfolders) mkdirSync(path, { recursive: true });
      return [paths.folder, ...subfolders].flatMap(removeTemporaries);
    });
    return {
      paths,
      resumed: options.resume === true,
      manifest: readManifest(paths),
      notices: describe(lock, leftovers),
      writeManifest: (start) => writeManifest(paths, start),
      freeBytes: () => freeBytes(paths.folder),
      requireSpace(bytes, what) {
        const free = freeBytes(paths.folder);
        if (free === undefined || free >= bytes) return;
        throw new RunFolderError(`The disk of ${paths.folder} has ${formatBytes(free)} left; ${what} need ${formatBytes(bytes)}.`, {
          remedy: 'Free some space, keep fewer checkpoints (keep_last), or choose a folder on another disk.',
        });
      },
      close: () => lock.release(),
    };
  } catch (error) {
    // The first error is the one to report; the lock of a process that has let go is taken over anyway.
    try {
      lock.release();
    } catch {
      throw error;
    }
    throw error;
  }
}
