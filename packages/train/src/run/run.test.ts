import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from '@munit/core';
import { removeTemporaries } from '@munit/formats/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeFileAtomic, writeFileAtomicSync } from './atomic.js';
import { openCheckpoints } from './checkpoints.js';
import { runFolderError } from './errors.js';
import { openRunFolder } from './folder.js';
import { readLock } from './lock.js';
import { runPaths } from './paths.js';

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-run-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

const start = { seed: 7, config: { lr: 1e-4, gen: { dim: 64 } }, device: { taken: 'cpu' }, fromStep: 0 };

/** A process id that no process has. */
function deadPid(): number {
  for (let pid = 4_000_000; ; pid--) {
    try {
      process.kill(pid, 0);
    } catch {
      return pid;
    }
  }
}

describe('openRunFolder', () => {
  it('creates the folder, describes the run, and gives the lock back', () => {
    const folder = join(work, 'deep', 'run');
    const run = openRunFolder(folder);
    expect(run.manifest).toBeUndefined();
    expect(run.notices).toEqual([]);
    expect(readLock(run.paths.lock)).toMatchObject({ pid: process.pid, hostname: hostname() });
    run.writeManifest({ ...start, command: ['munit', 'train'] });
    const manifest = JSON.parse(readFileSync(run.paths.manifest, 'utf8')) as { sessions: { munit: string }[] };
    expect(manifest).toMatchObject({ seed: 7, config: start.config });
    expect(manifest.sessions).toMatchObject([{ node: process.version, device: { taken: 'cpu' }, fromStep: 0, command: ['munit', 'train'] }]);
    expect(manifest.sessions[0]!.munit).toMatch(/^\d+\.\d+\.\d+/);
    expect(parse(readFileSync(run.paths.config, 'utf8'))).toEqual(start.config);
    run.close();
    run.close();
    expect(existsSync(run.paths.lock)).toBe(false);
  });

  it('adds a session when the run is resumed', () => {
    const first = openRunFolder(work);
    first.writeManifest(start);
    first.close();
    const second = openRunFolder(work, { resume: true });
    expect(second.manifest?.seed).toBe(7);
    expect(second.writeManifest({ ...start, fromStep: 500 }).sessions.map((session) => session.fromStep)).toEqual([0, 500]);
    second.close();
  });

  it('refuses a second run in the same folder and names the process', () => {
    const run = openRunFolder(work);
    expect(() => openRunFolder(work)).toThrow(RunFolderError);
    expect(() => openRunFolder(work, { resume: true })).toThrow(`in use by process ${process.pid}`);
    run.close();
    openRunFolder(work).close();
  });

  it('refuses to bury a run, to resume nothing, and leaves no empty folder behind', () => {
    const run = openRunFolder(work);
    run.writeManifest(start);
    run.close();
    expect(() => openRunFolder(work)).toThrow(/already holds a run.*--resume/);
    expect(existsSync(runPaths(work).lock)).toBe(false);
    const missing = join(work, 'missing');
    expect(() => openRunFolder(missing, { resume: true })).toThrow(/holds no run that could be resumed/);
    expect(existsSync(missing)).toBe(false);
  });

  it('overwrites only what a run has written', () => {
    const run = openRunFolder(work);
    run.writeManifest(start);
    writeFileSync(join(run.paths.checkpoints, 'step-00000001.safetensors'), 'x');
    writeFileSync(join(work, 'notes.txt'), 'mine');
    run.close();
    const again = openRunFolder(work, { overwrite: true });
    expect(again.manifest).toBeUndefined();
    expect(readdirSync(again.paths.checkpoints)).toEqual([]);
    expect(readFileSync(join(work, 'notes.txt'), 'utf8')).toBe('mine');
    again.close();
  });

  const lockOf = (owner: Record<string, unknown>): void =>
    writeFileSync(
      join(work, 'run.lock'),
      JSON.stringify({ pid: process.pid, hostname: hostname(), startedAt: '2026-01-01T00:00:00.000Z', processToken: '', id: 'x', ...owner }),
    );

  it('takes over the lock of a dead process, of a reused process number and of no process, and says so', () => {
    const pid = deadPid();
    lockOf({ pid });
    const first = openRunFolder(work);
    expect(first.notices).toEqual([`The run folder was still locked by process ${pid}, which is gone; its lock has been taken over.`]);
    first.close();
    lockOf({ processToken: 'another-boot:1' });
    const second = openRunFolder(work);
    expect(second.notices).toHaveLength(process.platform === 'linux' ? 1 : 0);
    second.close();
    writeFileSync(join(work, 'run.lock'), '{"pid":');
    const third = openRunFolder(work);
    expect(third.notices).toEqual(['The lock of the run folder was unreadable; it has been replaced.']);
    third.close();
    expect(readdirSync(work).filter((name) => name.startsWith('run.lock'))).toEqual([]);
  });

  it('never takes over the lock of another machine', () => {
    lockOf({ hostname: 'elsewhere', pid: deadPid() });
    expect(() => openRunFolder(work)).toThrow(/on elsewhere, since 2026-01-01.*delete .*run\.lock/);
  });

  it('removes what an interrupted write has left', () => {
    mkdirSync(join(work, 'checkpoints'));
    writeFileSync(join(work, 'checkpoints', '.step-00000009.safetensors.99-abcd.munit-tmp'), 'half');
    const run = openRunFolder(work);
    expect(run.notices).toEqual(['Removed 1 unfinished file(s) of an interrupted write.']);
    expect(readdirSync(run.paths.checkpoints)).toEqual([]);
    run.close();
  });

  it('leaves alone what another living process of this machine is writing into it', () => {
    const here = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const nameOf = (machine: string, pid: number): string => `.${machine}-${pid}-0123456789ab.munit-tmp`;
    const living = nameOf(here, process.ppid);
    const stale = [nameOf(here, deadPid()), nameOf(here, process.pid), nameOf('ffffffff', process.ppid), `.${here}-${deadPid()}-0123456789ab.part`];
    for (const name of [living, ...stale]) mkdirSync(join(work, name, 'inside'), { recursive: true });
    const run = openRunFolder(work);
    expect(run.notices).toEqual(['Removed 4 unfinished file(s) of an interrupted write.']);
    expect(readdirSync(work).filter((name) => /\.(part|munit-tmp)$/.test(name))).toEqual([living]);
    run.close();
  });

  it('says what is wrong with a place that cannot be written', () => {
    writeFileSync(join(work, 'file'), '');
    expect(() => openRunFolder(join(work, 'file', 'run'))).toThrow(/a part of the path is a file/);
    expect(() => openRunFolder(join(work, 'file'))).toThrow(RunFolderError);
  });

  it('knows beforehand that the disk is too small', () => {
    const run = openRunFolder(work);
    expect(() => run.requireSpace(2 ** 60, '4 checkpoints')).toThrow(/left; 4 checkpoints need 1152921504\.6 GB.*keep_last/);
    run.requireSpace(1, '1 checkpoint');
    run.close();
  });

  it('names a damaged manifest', () => {
    writeFileSync(join(work, 'run.json'), '{}');
    expect(() => openRunFolder(work, { resume: true })).toThrow(/run\.json is not the description of a run/);
    expect(existsSync(join(work, 'run.lock'))).toBe(false);
  });
});

describe('runFolderError', () => {
  const system = (code: string): Error => Object.assign(new Error(`${code}: something, write`), { code });
  it.each([
    ['ENOSPC', /the disk is full \(ENOSPC\)\. Free some space/],
    ['EROFS', /read-only \(EROFS\)/],
    ['EACCES', /permission is denied \(EACCES\)/],
    ['EDQUOT', /quota/],
  ])('explains %s', (code, message) => {
    const error = runFolderError(system(code), 'write model');
    expect(error.code).toBe('RUN_FOLDER');
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^Cannot write model: /);
    expect(error.cause).toBeInstanceOf(Error);
  });
  it('keeps what it does not know', () => {
    expect(runFolderError(new Error('odd'), 'write').message).toBe('Cannot write: odd.');
  });
});

describe('atomic writes', () => {
  it('replace a file and leave nothing behind', async () => {
    const path = join(work, 'a.bin');
    writeFileAtomicSync(path, 'old');
    const bytes = Buffer.alloc(40_000_000, 'munit');
    await writeFileAtomic(path, bytes);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(work)).toEqual(['a.bin']);
  });

  it('keep the old file when the new one cannot take its place', async () => {
    const path = join(work, 'target');
    mkdirSync(join(path, 'inside'), { recursive: true });
    await expect(writeFileAtomic(path, Uint8Array.of(1))).rejects.toThrow(/Cannot write .*target/);
    expect(() => writeFileAtomicSync(path, 'x')).toThrow(/Cannot write .*target/);
    expect(readdirSync(work)).toEqual(['target']);
    expect(removeTemporaries(work)).toEqual([]);
  });
});

describe('openCheckpoints', () => {
  const bytesOf = (step: number): Uint8Array => new Uint8Array(1000).fill(step);
  const steps = (store: { list(): readonly { readonly step: number }[] }): number[] => store.list().map(({ step }) => step);

  it('keeps the last, the best and every n-th', async () => {
    const store = openCheckpoints(work, { keepLast: 2, keepEvery: 4 });
    for (let step = 1; step <= 10; step++) {
      await store.saveCheckpoint(step, bytesOf(step), step === 3 ? { best: true, metrics: { contentIoU: 0.9 } } : {});
    }
    expect(steps(store)).toEqual([3, 4, 8, 9, 10]);
    expect(store.best()).toEqual({ step: 3, metrics: { contentIoU: 0.9 } });
    expect([...(await store.bestCheckpoint())!.bytes]).toEqual([...bytesOf(3)]);
    await store.saveCheckpoint(11, bytesOf(11), { best: true });
    expect(steps(store)).toEqual([4, 8, 10, 11]);
    expect(readdirSync(work).length).toBe(4 * 2 + 1);
  });

  it('writes checksums that sha256sum reads', async () => {
    const store = openCheckpoints(work);
    const { path } = await store.saveCheckpoint(5, bytesOf(5));
    expect(readFileSync(`${path}.sha256`, 'utf8')).toBe(
      `${createHash('sha256').update(bytesOf(5)).digest('hex')}  step-00000005.safetensors\n`,
    );
  });

  it('passes over a truncated, an altered and an unsigned file, says so, and resumes from the newest whole one', async () => {
    const notices: string[] = [];
    const store = openCheckpoints(work, { keepLast: 9, onNotice: (notice) => notices.push(notice) });
    const files = [];
    for (let step = 1; step <= 4; step++) files.push(await store.saveCheckpoint(step, bytesOf(step)));
    truncateSync(files[3]!.path, 10);
    const altered = bytesOf(3);
    altered[500] = 99;
    writeFileSync(files[2]!.path, altered);
    rmSync(`${files[1]!.path}.sha256`);
    expect(await store.checkpointAt(4)).toBeUndefined();
    notices.length = 0;
    expect((await store.latestCheckpoint())?.step).toBe(1);
    expect(notices).toEqual([
      `The checkpoint of step 4 does not match its checksum and is not used (${files[3]!.path}).`,
      `The checkpoint of step 3 does not match its checksum and is not used (${files[2]!.path}).`,
      `The checkpoint of step 2 has no checksum and is not used (${files[1]!.path}).`,
      'Going back to the checkpoint of step 1, the newest one that can be used.',
    ]);
    // Put aside: they neither count among the last ones nor are they looked at again.
    expect(steps(store)).toEqual([1]);
    notices.length = 0;
    await store.saveCheckpoint(2, bytesOf(2));
    expect((await store.latestCheckpoint())?.step).toBe(2);
    expect(notices).toEqual([]);
  });

  it('does not start over in silence when every one is damaged', async () => {
    const store = openCheckpoints(work);
    const { path } = await store.saveCheckpoint(1, bytesOf(1));
    truncateSync(path, 0);
    await expect(store.latestCheckpoint()).rejects.toThrow(/None of the 1 checkpoint\(s\)/);
  });

  it('only looks, when asked to, and leaves alone what another process is writing', async () => {
    const folder = join(work, 'checkpoints');
    const writer = openCheckpoints(folder);
    await writer.saveCheckpoint(1, new Uint8Array(8));
    const { path } = await writer.saveCheckpoint(2, new Uint8Array(8));
    writeFileSync(path, 'damaged');
    writeFileSync(join(folder, '.step-00000003.safetensors.1-0a.munit-tmp'), 'half');
    const before = readdirSync(folder);
    const reader = openCheckpoints(folder, { readOnly: true });
    expect((await reader.latestCheckpoint())?.step).toBe(1);
    expect(readdirSync(folder)).toEqual(before);
    expect(openCheckpoints(join(work, 'absent'), { readOnly: true }).list()).toEqual([]);
    expect(existsSync(join(work, 'absent'))).toBe(false);
  });

  it('answers nothing for an empty folder, and removes checksums whose file is gone', async () => {
    writeFileSync(join(work, 'step-00000003.safetensors.sha256'), 'x');
    const store = openCheckpoints(work);
    expect(await store.latestCheckpoint()).toBeUndefined();
    expect(await store.bestCheckpoint()).toBeUndefined();
    expect(await store.checkpointAt(3)).toBeUndefined();
    expect(readdirSync(work)).toEqual([]);
  });

  it('saves the same step again, changed or not, and discards later ones', async () => {
    const store = openCheckpoints(work, { keepLast: 5 });
    await store.saveCheckpoint(1, bytesOf(1));
    await store.saveCheckpoint(1, bytesOf(1));
    await store.saveCheckpoint(1, bytesOf(9));
    expect((await store.checkpointAt(1))?.bytes[0]).toBe(9);
    await store.saveCheckpoint(2, bytesOf(2), { best: true });
    store.discardAfter(1);
    expect(steps(store)).toEqual([1]);
    expect(store.best()).toBeUndefined();
  });

  it('refuses to keep none', () => {
    expect(() => openCheckpoints(work, { keepLast: 0 })).toThrow(/keepLast = 0/);
  });
});
