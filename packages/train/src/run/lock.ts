/** One process at a time in a run folder. */
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RunFolderError } from '@munit/core';
import { temporaryPath } from '@munit/formats/node';
import * as z from 'zod';
import { isTaken, runFolderError, withRunFolderErrors } from './errors.js';
import { textIfAny } from './text.js';

const ownerSchema = z.object({
  pid: z.int(),
  hostname: z.string(),
  startedAt: z.string(),
  /** Tells a living process from a later one that got the same number; empty where the system does not say. */
  processToken: z.string(),
  /** In which process numbers mean what they say: containers have their own. Empty where the system has none; absent in older locks. */
  pidNamespace: z.string().optional(),
  id: z.string(),
});

/** Who holds a folder. */
export type LockOwner = z.output<typeof ownerSchema>;

export interface FolderLock {
  readonly owner: LockOwner;
  /** The dead process whose lock was taken over, if any. */
  readonly tookOver: LockOwner | 'unreadable' | undefined;
  /**
   * Gives the folder free; does nothing once that is done. After a failure this process no longer counts as its owner, so that it
   * can open the folder again.
   * @throws RunFolderError when the lock cannot be removed
   */
  release(): void;
}

/** Locks of this process that could not be removed: nobody holds them any more. */
const abandoned = new Set<string>();

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

/** The namespace of process numbers that this process lives in; '' where the system has none. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Whether the process numbers of a lock can be looked up here: not those of another machine or container. */
const isVisible = ({ hostname: host, pidNamespace: namespace }: LockOwner): boolean =>
  host === hostname() && (namespace === undefined || namespace === pidNamespace());

function isAlive(owner: LockOwner): boolean {
  if (!isVisible(owner)) return true; // Nobody here can know.
  if (abandoned.has(owner.id) || !isRunning(owner.pid)) return false;
  const token = processToken(owner.pid);
  return token === '' || owner.processToken === '' || token === owner.processToken;
}

/** The owner that a lock file names; undefined when there is no file, 'unreadable' when it is not a lock. */
export function readLock(path: string): LockOwner | 'unreadable' | undefined {
  const text = textIfAny(path);
  return text === undefined ? undefined : ownerOf(text);
}

function ownerOf(text: string): LockOwner | 'unreadable' {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Creates `path` with its whole content at once; false when there is one already. */
function createWhole(path: string, content: string): boolean {
  const temp = temporaryPath(path);
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
    }
  } catch (error) {
    if (isTaken(error)) return false;
    throw runFolderError(error, `write ${path}`);
  } finally {
    removeQuietly(temp);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

const refusal = (path: string, owner: LockOwner): RunFolderError => {
  const since = `since ${owner.startedAt}`;
  if (isVisible(owner)) {
    return new RunFolderError(`This run folder is in use by process ${owner.pid}, ${since}.`, { remedy: 'Stop that run first, or choose another folder.' });
  }
  const [who, where] = owner.hostname === hostname() ? ['another container', 'container'] : [owner.hostname, 'machine'];
  return new RunFolderError(`This run folder is in use by process ${owner.pid} on ${who}, ${since}.`, {
    remedy: `Stop that run first, or choose another folder. If that ${where} no longer trains here, delete ${path}.`,
  });
};

const busy = (): RunFolderError =>
  new RunFolderError('Another process is taking over this run folder at this moment.', { remedy: 'Try again in a few seconds.' });

/** The claim on a lock of this content. Every lock has an id of its own, so that a claim can never be mistaken for one on a later lock. */
const claimOn = (path: string, content: string): string => `${path}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}.takeover`;

/**
 * Claims the right to replace the lock of this content; false when a living process has it. Whoever creates the claim file has it. Where
 * that process has died since, its claim is claimed in turn, and so on: a claim file is never removed while its lock is there, so there is
 * exactly one end of that chain.
 */
function claim(path: string, lockContent: string, mine: string): boolean {
  for (let content = lockContent; ; ) {
    const side = claimOn(path, content);
    if (createWhole(side, mine)) return true;
    const held = textIfAny(side);
    // The one who had it is done.
    if (held === undefined) return false;
    const owner = ownerOf(held);
    if (owner !== 'unreadable' && isAlive(owner)) return false;
    content = held;
  }
}

/** Replaces the lock of a dead process; of several that try, one does, and the others find a living owner. */
function takeOver(path: string, dead: string, content: string): LockOwner | 'unreadable' {
  if (!claim(path, dead, content)) throw busy();
  // Between reading the lock and claiming it, somebody else may have finished the same.
  const now = textIfAny(path);
  if (now !== dead) {
    const owner = now === undefined ? 'unreadable' : ownerOf(now);
    throw owner === 'unreadable' ? busy() : refusal(path, owner);
  }
  const temp = temporaryPath(path);
  try {
    writeFileSync(temp, content, { flag: 'wx' });
    renameSync(temp, path);
  } catch (error) {
    removeQuietly(temp);
    throw runFolderError(error, `write ${path}`);
  }
  return ownerOf(dead);
}

/** Claims and unfinished files of starts that were killed. Only for whoever holds the lock. */
function removeLeftovers(path: string): void {
  const start = `${basename(path)}.`;
  try {
    for (const name of readdirSync(dirname(path))) {
      if (name.startsWith(start) && /\.(takeover|tmp)$/.test(name)) removeQuietly(join(dirname(path), name));
    }
  } catch {
    return;
  }
}

/**
 * Takes the lock at `path` for this process. The lock of a process of this machine that is dead is taken over; one of another machine, or
 * of another container on this one, never is.
 * @throws RunFolderError naming the process that holds it.
 */
export function takeLock(path: string): FolderLock {
  const owner: LockOwner = {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date().toISOString(),
    processToken: processToken(process.pid),
    pidNamespace: pidNamespace(),
    id: randomUUID(),
  };
  const content = `${JSON.stringify(owner, undefined, 2)}\n`;
  let tookOver: LockOwner | 'unreadable' | undefined;
  while (!createWhole(path, content)) {
    const text = textIfAny(path);
    // Given free in between.
    if (text === undefined) continue;
    const held = ownerOf(text);
    if (held !== 'unreadable' && isAlive(held)) throw refusal(path, held);
    tookOver = takeOver(path, text, content);
    break;
  }
  removeLeftovers(path);
  return { owner, tookOver, release: releaseOf(path, owner) };
}

function releaseOf(path: string, { id }: LockOwner): () => void {
  let released = false;
  return () => {
    if (released) return;
    try {
      const held = readLock(path);
      if (held !== undefined && held !== 'unreadable' && held.id === id) withRunFolderErrors(`remove ${path}`, () => rmSync(path, { force: true }));
      released = true;
      abandoned.delete(id);
    } catch (error) {
      abandoned.add(id);
      throw error;
    }
  };
}
