/** What the disk, other processes and earlier crashes do to a run folder, one fault at a time. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCheckpoints } from './checkpoints.js';
import { recordRun } from '../telemetry/recorder.js';
import { openCsvLog } from '../telemetry/logFiles.js';
import { openRunFolder, requireUntrained } from './folder.js';
import { readLock } from './lock.js';

/** What the file system refuses from now on: by the name of the call and a part of the path. */
const faults = vi.hoisted(() => ({ list: [] as { readonly call: string; readonly path: string; readonly code: string }[] }));

vi.mock(import('node:fs'), async (original) => {
  const fs = await original();
  const guarded =
    <A extends readonly unknown[], R>(call: string, real: (...args: A) => R) =>
    (...args: A): R => {
      const fault = faults.list.find((one) => one.call === call && String(args[0]).includes(one.path));
      if (fault !== undefined) throw Object.assign(new Error(`${fault.code}: refused, ${call} '${String(args[0])}'`), { code: fault.code });
      return real(...args);
    };
  // Overloads do not survive wrapping; the functions themselves are unchanged.
  return {
    ...fs,
    readFileSync: guarded('read', fs.readFileSync) as typeof fs.readFileSync,
    rmSync: guarded('remove', fs.rmSync) as typeof fs.rmSync,
    statSync: guarded('stat', fs.statSync) as typeof fs.statSync,
    // To this question a disk that fails answers no.
    existsSync: ((path) => !faults.list.some((one) => one.call === 'exists' && String(path instanceof URL ? path.pathname : path).includes(one.path)) && fs.existsSync(path)) satisfies typeof fs.existsSync,
  };
});
vi.mock(import('node:fs/promises'), async (original) => {
  const fs = await original();
  return {
    ...fs,
    open: ((path: string, ...rest: [string]) => {
      const fault = faults.list.find((one) => one.call === 'open' && path.includes(one.path));
      return fault === undefined ? fs.open(path, ...rest) : Promise.reject(Object.assign(new Error(fault.code), { code: fault.code }));
    }) as typeof fs.open,
  };
});

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-faults-'))));
afterEach(() => {
  faults.list = [];
  rmSync(work, { recursive: true, force: true });
});

const bytesOf = (step: number): Uint8Array => new Uint8Array(1000).fill(step);
const stepsIn = (store: { list(): readonly { readonly step: number }[] }): number[] => store.list().map(({ step }) => step);

describe('replacing a checkpoint of the same step', () => {
  it('leaves the old one whole when the disk is full', async () => {
    const store = openCheckpoints(work, { keepLast: 1 });
    await store.saveCheckpoint(4, bytesOf(4), { best: true, metrics: { score: 2 } });
    faults.list = [{ call: 'open', path: '.munit-tmp', code: 'ENOSPC' }];
    await expect(store.saveCheckpoint(4, bytesOf(5))).rejects.toThrow(/the disk is full/);
    faults.list = [];
    const [latest] = [await openCheckpoints(work).latestCheckpoint()];
    expect(latest).toMatchObject({ step: 4, bytes: bytesOf(4) });
    expect(openCheckpoints(work).best()).toEqual({ step: 4, metrics: { score: 2 } });
  });

  it('leaves a whole one when it is killed between any two of its writes', async () => {
    // The states that a kill can leave: only the checksums replaced, then the file too, and last the checksum alone.
    const store = openCheckpoints(work, { keepLast: 1 });
    const { path } = await store.saveCheckpoint(4, bytesOf(4));
    const old = readFileSync(`${path}.sha256`, 'utf8');
    const other = openCheckpoints(join(work, 'other'));
    const { path: next } = await other.saveCheckpoint(4, bytesOf(5));
    writeFileSync(`${path}.sha256`, readFileSync(`${next}.sha256`, 'utf8') + old);
    expect((await openCheckpoints(work).latestCheckpoint())?.bytes).toEqual(bytesOf(4));
    writeFileSync(path, bytesOf(5));
    expect((await openCheckpoints(work).latestCheckpoint())?.bytes).toEqual(bytesOf(5));
    await openCheckpoints(work).saveCheckpoint(4, bytesOf(5));
    expect(readFileSync(`${path}.sha256`, 'utf8')).toBe(readFileSync(`${next}.sha256`, 'utf8'));
  });
});

describe('the mark of the best checkpoint', () => {
  const damage: Record<string, () => void> = {
    truncated: () => truncateSync(join(work, 'best.json'), 0),
    'without a score': () => writeFileSync(join(work, 'best.json'), '{"step":1,"metrics":{"score":null}}'),
    absent: () => rmSync(join(work, 'best.json')),
    EIO: () => (faults.list = [{ call: 'read', path: 'best.json', code: 'EIO' }]),
    EMFILE: () => (faults.list = [{ call: 'read', path: 'best.json', code: 'EMFILE' }]),
  };

  it.each(Object.keys(damage))('is derived again when it is %s', async (kind) => {
    const notices: string[] = [];
    const store = openCheckpoints(work, { keepLast: 2, onNotice: (notice) => notices.push(notice) });
    for (let step = 1; step <= 3; step++) await store.saveCheckpoint(step, bytesOf(step), step === 1 ? { best: true, metrics: { score: 0.9 } } : {});
    damage[kind]!();
    await store.saveCheckpoint(4, bytesOf(4));
    faults.list = [];
    expect(stepsIn(store)).toEqual([1, 3, 4]);
    expect(store.best()).toEqual({ step: 1, metrics: { score: 0.9 } });
    expect(JSON.parse(readFileSync(join(work, 'best.json'), 'utf8'))).toEqual({ step: 1, metrics: { score: 0.9 } });
    expect(notices).toHaveLength(kind === 'absent' ? 0 : 1);
  });

  it('that cannot be read or derived keeps every checkpoint, and says so once', async () => {
    const notices: string[] = [];
    const store = openCheckpoints(work, { keepLast: 2, onNotice: (notice) => notices.push(notice) });
    for (let step = 1; step <= 3; step++) await store.saveCheckpoint(step, bytesOf(step), step === 1 ? { best: true } : {});
    // As an earlier version wrote them: without the comment.
    const sidecar = join(work, 'step-00000001.safetensors.sha256');
    writeFileSync(sidecar, readFileSync(sidecar, 'utf8').replace(/^#.*\n/, ''));
    truncateSync(join(work, 'best.json'), 0);
    for (let step = 4; step <= 6; step++) await store.saveCheckpoint(step, bytesOf(step));
    expect(stepsIn(store)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(notices).toEqual([expect.stringMatching(/cannot be read: it is damaged .* are kept, because any of them may be the best/)]);
  });

  it('leaves a checksum file that sha256sum accepts', async () => {
    await openCheckpoints(work).saveCheckpoint(1, bytesOf(1), { best: true, metrics: { score: -Infinity } });
    expect(execFileSync('sha256sum', ['-c', 'step-00000001.safetensors.sha256'], { cwd: work, encoding: 'utf8' })).toBe('step-00000001.safetensors: OK\n');
  });
});

describe('a disk that does not find what is there', () => {
  it('costs no checkpoint its checksum', async () => {
    await openCheckpoints(work).saveCheckpoint(1, bytesOf(1), { best: true });
    faults.list = [{ call: 'exists', path: 'step-00000001.safetensors', code: 'EIO' }];
    const store = openCheckpoints(work);
    faults.list = [];
    expect((await store.latestCheckpoint())?.bytes).toEqual(bytesOf(1));
  });

  it('leaves the old checkpoint its checksum when its successor cannot be written either', async () => {
    const store = openCheckpoints(work, { keepLast: 1 });
    await store.saveCheckpoint(4, bytesOf(4));
    faults.list = [{ call: 'exists', path: '.safetensors', code: 'EIO' }, { call: 'open', path: '.munit-tmp', code: 'ENOSPC' }];
    await expect(store.saveCheckpoint(4, bytesOf(5))).rejects.toThrow(/the disk is full/);
    faults.list = [];
    expect((await openCheckpoints(work).latestCheckpoint())?.bytes).toEqual(bytesOf(4));
  });

  it('does not make a table of losses begin again in its middle', () => {
    const path = join(work, 'losses.csv');
    writeFileSync(path, 'step,gen\n1,1\n2,2\n3,3\n');
    faults.list = [{ call: 'exists', path: 'losses.csv', code: 'EIO' }];
    const log = openCsvLog(path, 2);
    faults.list = [];
    log.append(3, { gen: 4 });
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('step,gen\n1,1\n2,2\n3,4\n');
  });

  it('does not make a run that has trained look untrained', () => {
    const run = openRunFolder(work);
    run.close();
    writeFileSync(run.paths.losses, 'step,gen\n1,1\n');
    faults.list = [{ call: 'exists', path: 'losses.csv', code: 'EIO' }];
    expect(() => requireUntrained(run.paths)).toThrow(/has trained, but its checkpoints are not in/);
  });
});

describe('recording', () => {
  it('names a sample image that cannot be looked at', () => {
    const run = openRunFolder(work);
    writeFileSync(join(run.paths.samples, '00000001-a-to-b.png'), 'x');
    faults.list = [{ call: 'stat', path: '00000001-a-to-b.png', code: 'EIO' }];
    expect(() => recordRun(run)).toThrow(/Cannot read the sample images in .*samples: the disk reports an error \(EIO\)/);
    faults.list = [];
    run.close();
  });

  it('closes every log although the last report cannot be written', { skip: !existsSync('/proc/self/fd') }, () => {
    const run = openRunFolder(work);
    run.writeManifest({ seed: 1, config: {}, device: 'none', fromStep: 0 });
    const before = readdirSync('/proc/self/fd').length;
    const recorder = recordRun(run);
    recorder.listener({ kind: 'start', totalSteps: 4, step: 0, device: 'none', config: {}, memoryEstimateBytes: 0 });
    recorder.listener({ kind: 'warning', message: 'w' });
    expect(readdirSync('/proc/self/fd').length).toBe(before + 2);
    faults.list = [{ call: 'read', path: 'run.json', code: 'EIO' }];
    expect(() => recorder.close()).toThrow(/Cannot read .*run\.json: the disk reports an error/);
    faults.list = [];
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    run.close();
  });
});

describe('the lock', () => {
  const lock = (): string => join(work, 'run.lock');
  const owner = (change: Record<string, unknown> = {}): string =>
    JSON.stringify({ pid: process.pid, hostname: hostname(), startedAt: '2026-01-01T00:00:00.000Z', processToken: '', id: 'x', ...change });
  /** More than any process number. */
  const gone = 4_194_305;
  const leftovers = (): string[] => readdirSync(work).filter((name) => /run\.lock|\.munit-tmp$/.test(name));

  it('that cannot be removed hides no error, and does not keep its own process out', () => {
    const run = openRunFolder(work);
    faults.list = [{ call: 'remove', path: 'run.lock', code: 'EROFS' }];
    expect(() => run.close()).toThrow(/Cannot remove .*run\.lock.*read-only/);
    faults.list = [];
    const again = openRunFolder(work);
    expect(again.notices).toHaveLength(1);
    again.close();
    expect(leftovers()).toEqual([]);
  });

  it('is taken although its unfinished file cannot be removed', () => {
    faults.list = [{ call: 'remove', path: '.munit-tmp', code: 'EIO' }];
    mkdirSync(join(work, 'checkpoints'));
    // The folder is cleaned by its holder, which fails by name and gives the lock back.
    expect(() => openRunFolder(work)).toThrow(/EIO|the disk reports an error/);
    faults.list = [];
    expect(existsSync(lock())).toBe(false);
    openRunFolder(work).close();
    expect(leftovers()).toEqual([]);
  });

  it('of another container on this machine is never taken over', () => {
    writeFileSync(lock(), owner({ pid: gone, pidNamespace: 'pid:[1]' }));
    expect(() => openRunFolder(work)).toThrow(/process 4194305 on another container, since 2026.*delete .*run\.lock/);
    expect(readLock(lock())).toMatchObject({ id: 'x' });
  });

  it('is held across namespaces of process numbers', { skip: spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status !== 0 }, () => {
    const run = openRunFolder(work);
    const namespace = execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'readlink', '/proc/self/ns/pid'], { encoding: 'utf8' }).trim();
    const held = readLock(lock());
    if (held === undefined || held === 'unreadable') throw new Error('The lock is not there.');
    expect(held.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(held.pidNamespace).not.toBe(namespace);
    run.close();
  });

  it.each(['now', 'long ago', 'in the future'])('of a dead process is taken over at once although an earlier takeover was killed (%s)', (when) => {
    writeFileSync(lock(), owner({ pid: gone }));
    // Killed at the first moment at which its claim is on disk: the process is gone, its claim and its unfinished files are not.
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', 'process.kill(process.pid, "SIGKILL")']);
    const claim = `${lock()}.takeover`;
    writeFileSync(claim, owner({ pid: killed.pid, id: 'claim' }));
    writeFileSync(join(work, 'run.lock.abc.tmp'), 'half');
    const time = new Date(when === 'now' ? Date.now() : when === 'long ago' ? 1 : Date.now() + 1e9);
    utimesSync(claim, time, time);
    const run = openRunFolder(work);
    expect(run.notices[0]).toContain(`locked by process ${gone}, which is gone`);
    expect(leftovers()).toEqual(['run.lock']);
    run.close();
    expect(leftovers()).toEqual([]);
  });

  it('passes on along a chain of killed takeovers, and waits for a living one', async () => {
    const { createHash } = await import('node:crypto');
    const claimOn = (content: string): string => `${lock()}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}.takeover`;
    const [dead, first, second] = ['d', 'e', 'f'].map((id) => owner({ pid: gone, id })) as [string, string, string];
    writeFileSync(lock(), dead);
    writeFileSync(claimOn(dead), first);
    writeFileSync(claimOn(first), second);
    writeFileSync(claimOn(second), owner({ id: 'living' }));
    expect(() => openRunFolder(work)).toThrow(/Another process is taking over/);
    rmSync(claimOn(second));
    openRunFolder(work).close();
    expect(leftovers()).toEqual([]);
  });
});
