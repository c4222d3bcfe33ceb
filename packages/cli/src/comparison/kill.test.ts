/** A comparison killed the hard way, while it trains and while it measures, and started again ends with the report of one left alone. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { CliIo } from '../io.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-compare-kill-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const steps = 6;
writeFileSync(
  join(work, 'plan.yaml'),
  `
data: { synthetic_count: 8 }
config: { crop_image_height: 32, crop_image_width: 32, batch_size: 2, display_size: 1, log_iter: 1, snapshot_save_iter: 2, image_save_iter: 100, image_display_iter: 100, gen: { dim: 2 }, dis: { dim: 2 } }
budget: { steps: ${steps} }
seeds: [0, 5]
evaluation: { inputs: 4, styles: 2, resamples: 2 }
methods:
  - { name: MUNIT, preset: quick, config: { gen: { mlp_dim: 4, style_dim: 2, n_res: 1 }, dis: { n_layer: 1, num_scales: 1 } } }
  - { name: BicycleGAN, preset: quick-bicyclegan, config: { nef: 2 } }
`,
);

/** Where Node finds the loader of TypeScript. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Compares into a folder; killed at once when what it has written to stderr matches. Resolves with the exit code, or `killed`. */
function compare(out: string, killAt?: RegExp): Promise<number | 'killed'> {
  const child = spawn(
    process.execPath,
    ['--conditions=@munit/source', '--import', 'tsx', main, 'compare', join(work, 'plan.yaml'), '--out', out, '--device', 'simd', '--threads', '1', '--progress', 'json'],
    { cwd: packageFolder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString();
    if (killAt?.test(output) === true) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve(0);
      else reject(new Error(`munit compare ended with ${String(code ?? signal)}: ${output.slice(-2000)}`));
    });
  });
}

/** The figures of a comparison but for what they cost, which depends on what else the machine does. */
function figures(out: string): string[] {
  return readFileSync(join(out, 'report.csv'), 'utf8')
    .split('\n')
    .filter((line) => !/^[^,]*,\d+,(seconds|stepMs|residentBytes|tensorBytes),/.test(line));
}

const pictures = (out: string): string[] => readFileSync(join(out, 'report.html'), 'utf8').match(/data:image\/png;base64,[^"]+/g) ?? [];

it('ends as one left alone: methods with unpaired and with paired images, two seeds', async () => {
  const [alone, killed] = [join(work, 'alone'), join(work, 'killed')];
  expect(await compare(alone)).toBe(0);
  // In the second run, past its first checkpoint; then while the third is measured.
  expect(await compare(killed, /\[2 of 4\][^]*"kind":"step","step":3,/)).toBe('killed');
  expect(await compare(killed, /\[3 of 4\][^]*"kind":"done"/)).toBe('killed');
  expect(await compare(killed)).toBe(0);

  expect(figures(killed)).toEqual(figures(alone));
  const rows = figures(alone).map((line) => line.split(','));
  for (const method of ['MUNIT', 'BicycleGAN']) {
    for (const seed of ['0', '5']) {
      const own = rows.filter(([name, of]) => name === method && of === seed);
      expect(own.find(([, , figure]) => figure === 'step')?.[3]).toBe(String(steps));
      // Both have styles, so that both have a diversity, which two seeds do not share.
      expect(Number(own.find(([, , figure]) => figure === 'lpips-alexnet-0.1')?.[3])).toBeGreaterThan(0);
    }
  }
  const values = rows.flatMap(([method, , figure, value]) => (method === 'BicycleGAN' && figure === 'lpips-alexnet-0.1' ? [value] : []));
  expect(new Set(values).size).toBe(2);
  // Four inputs, and two translations of each by both methods.
  expect(pictures(alone)).toHaveLength(4 + 4 * 2 * 2);
  expect(pictures(killed)).toEqual(pictures(alone));

  // BicycleGAN has no content codes to reconstruct, which is said rather than measured as something else.
  let err = '';
  const io: CliIo = { stdout: { write: () => true }, stderr: { write: (text) => (err += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined };
  const args = ['--protocol', 'reconstruction', '--device', 'simd', '--threads', '1', '--out', join(work, 'reconstruction')];
  expect(await run(['evaluate', join(alone, 'runs', 'bicyclegan', 'seed-0'), ...args], io)).toBe(2);
  expect(err).toContain('reconstruction needs a model with contents: MUNIT or UNIT.');
  const leftovers = (readdirSync(killed, { recursive: true }) as string[]).filter((name) => /\.tmp|damaged|run\.lock$/.test(name));
  expect(leftovers).toEqual([]);
}, 900_000);
