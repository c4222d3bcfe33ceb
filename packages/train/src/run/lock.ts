/** One process at a time in a run folder. */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { RunFolderError } from '@munit/core';
import { z } from 'zod';
import { isMissing, isTaken, runFolderError } from './errors.js';

const ownerSchema = z.object({
  pid: z.int(),
  hostname: z.string(),
  startedAt: z.string(),
  /** Tells a living process from a later one that got the same number; empty where the system does not say. */
  processToken: z.string(),
  id: z.string(),
});

/** Who holds a folder. */
export type LockOwner = z.output<typeof ownerSchema>;

export interface FolderLock {
  readonly owner: LockOwner;
  /** The dead process whose lock was taken over, if any. */
  readonly tookOver: LockOwner | 'unreadable' | undefined;
  /** Gives the folder free. Does nothing the second time. */
  release(): void;
}

/** Boot and start time of a process on Linux; '' elsewhere. */
function processToken(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in brackets and may hold spaces; the start time is the 20th field after it.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot}:${started}`;
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

function isAlive(owner: LockOwner): boolean {
  if (owner.hostname !== hostname()) return true; // Nobody here can know.
  if (!isRunning(owner.pid)) return false;
  const token = processToken(owner.pid);
  return token === '' || owner.processToken === '' || token === owner.processToken;
}

/** The owner that a lock file names; undefined when there is no file, 'unreadable' when it is no lock. */
export function readLock(path: string): LockOwner | 'unreadable' | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw runFolderError(error, `read ${path}`);
  }
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Creates `path` with its whole content at once; false when there is one already. */
function createWhole(path: string, content: string, id: string): boolean {
  const temp = `${path}.${id}.tmp`;
  try {
    writeFileSync(temp, content, { flag: 'wx' });
    try {
      linkSync(temp, path);
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      // A file system without hard links: exclusive creation is all that there is.
      writeFileSync(path, content, { flag: 'wx' });
      return true;
    } finally {
      rmSync(temp, { force: true });
    }
  } catch (error) {
    if (isTaken(error)) return false;
    throw runFolderError(error, `write ${path}`);
  }
}

const refusal = (path: string, owner: LockOwner): RunFolderError => {
  const here = owner.hostname === hostname();
  const who = here ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.hostname}`;
  const remedy = here
    ? 'Stop that run first, or choose another folder.'
    : `Stop that run first, or choose another folder. If that machine is not training here any more, delete ${path}.`;
  return new RunFolderError(`This run folder is in use by ${who}, since ${owner.startedAt}.`, { remedy });
};

const busy = (): RunFolderError =>
  new RunFolderError('Another process is taking over this run folder at this moment.', { remedy: 'Try again in a few seconds.' });

/** Replaces the lock of a dead process. Whoever creates the side file does it; the others find a living owner afterwards. */
function takeOver(path: string, content: string, id: string): LockOwner | 'unreadable' | undefined {
  const side = `${path}.takeover`;
  const mine = createWhole(side, content, `${id}.takeover`);
  if (!mine) {
    // Left behind by a process that died within the few instructions below.
    if (Date.now() - statSync(side).mtimeMs > 10_000) rmSync(side, { force: true });
    throw busy();
  }
  try {
    const before = readLock(path);
    if (before !== undefined && before !== 'unreadable' && isAlive(before)) throw refusal(path, before);
    if (before === undefined) {
      // Given free in between: as for a folder without a lock, the first to create it has it.
      if (createWhole(path, content, id)) return undefined;
      const now = readLock(path);
      throw now === undefined || now === 'unreadable' ? busy() : refusal(path, now);
    }
    const temp = `${path}.${id}.tmp`;
    writeFileSync(temp, content, { flag: 'wx' });
    renameSync(temp, path);
    return before;
  } finally {
    rmSync(side, { force: true });
  }
}

/**
 * Takes the lock at `path` for this process. The lock of a process of this machine that is dead is taken over.
 * @throws RunFolderError naming the process that holds it.
 */
export function takeLock(path: string): FolderLock {
  const owner: LockOwner = {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date().toISOString(),
    processToken: processToken(process.pid),
    id: randomUUID(),
  };
  const content = `${JSON.stringify(owner, undefined, 2)}\n`;
  let tookOver: LockOwner | 'unreadable' | undefined;
  if (!createWhole(path, content, owner.id)) {
    const held = readLock(path);
    if (held !== undefined && held !== 'unreadable' && isAlive(held)) throw refusal(path, held);
    tookOver = takeOver(path, content, owner.id);
  }
  let released = false;
  return {
    owner,
    tookOver,
    release() {
      if (released) return;
      released = true;
      const held = readLock(path);
      if (held !== undefined && held !== 'unreadable' && held.id === owner.id) rmSync(path, { force: true });
    },
  };
}
