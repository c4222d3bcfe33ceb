import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoints } from './checkpoints.js';
import { openRunFolder } from './folder.js';
import { contentOf } from '../../test/checkpointWriter.js';

const work = mkdtempSync(join(tmpdir(), 'munit-kill-'));
// Beside the package, where its dependencies are found; ignored by git.
const bundle = fileURLToPath(new URL(`../../.cache/kill-${process.pid}`, import.meta.url));
const script = join(bundle, 'writer.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../test/checkpointWriter.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@munit/source'],
    // Of core only the errors are used: the rest falls away.
    external: ['yaml', 'zod', '@tensorflow/*'],
  });
});
afterAll(() => {
  for (const path of [work, bundle]) rmSync(path, { recursive: true, force: true });
});

/** Starts the writer and kills it the hard way `delayMs` after its first checkpoint; returns the last step that it reported. */
async function writeUntilKilled(folder: string, resume: boolean, delayMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, folder, ...(resume ? ['resume'] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const exited = new Promise<void>((done) => child.on('close', () => done()));
  await new Promise<void>((started, failed) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('saved')) started();
    });
    child.on('close', () => failed(new Error(`The writer ended by itself: ${errors}`)));
  });
  await new Promise((done) => setTimeout(done, delayMs));
  child.kill('SIGKILL');
  await exited;
  // The pipe may be cut within a line: only whole ones count.
  const steps = [...output.matchAll(/^saved (\d+)\n/gm)].map((match) => Number(match[1]));
  return steps.at(-1) ?? 0;
}

describe('kill -9', () => {
  it('at random moments never costs more than the checkpoint being written, and never leaves a torn one', { timeout: 60_000 }, async () => {
    const folder = join(work, 'run');
    let reported = 0;
    for (let round = 0; round < 12; round++) {
      reported = await writeUntilKilled(folder, round > 0, Math.random() * 60);

      const run = openRunFolder(folder, { resume: true });
      expect(run.notices.join(' ')).toMatch(/locked by process \d+, which is gone/);
      const notices: string[] = [];
      const store = openCheckpoints(run.paths.checkpoints, { keepLast: 2, keepEvery: 50, onNotice: (notice) => notices.push(notice) });
      const latest = await store.latestCheckpoint();
      expect(notices).toEqual([]);
      expect(latest!.step).toBeGreaterThanOrEqual(reported);
      expect(Buffer.compare(latest!.bytes, contentOf(latest!.step))).toBe(0);
      const best = await store.bestCheckpoint();
      if (best !== undefined) expect(Buffer.compare(best.bytes, contentOf(best.step))).toBe(0);
      expect(readdirSync(run.paths.checkpoints).filter((name) => name.endsWith('.munit-tmp'))).toEqual([]);
      run.close();
    }
    expect(reported).toBeGreaterThan(12);
  });
});
