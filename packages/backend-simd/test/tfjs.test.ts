import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './suite.js';

let folder = '';
const bundle = (): string => join(folder, 'suite.cjs');

// One file, so that tests and backend share one copy of TensorFlow.js. It marks its test files as free of side effects, which they are not.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simd-tfjs-'));
  await build({
    entryPoints: [fileURLToPath(new URL('suiteProcess.ts', import.meta.url))],
    outfile: bundle(),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['node-fetch'],
    ignoreAnnotations: true,
    logLevel: 'error',
  });
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe("TensorFlow.js's own tests", () => {
  it.each([
    [2, true, true],
    [1, false, false],
  ])('pass with %i threads, relaxed SIMD %s, shared memory %s', async (...variant) => {
    const { stdout } = await promisify(execFile)(process.execPath, [bundle(), ...variant.map(String)], { maxBuffer: 2 ** 26 });
    const { passed, failed } = JSON.parse(stdout) as Outcome;
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(4200);
  }, 180_000);
});
