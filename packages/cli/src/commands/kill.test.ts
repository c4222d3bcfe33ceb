/** Training killed the hard way at random moments and resumed must end where training left alone ends, to the bit. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '@munit/core';
import { afterAll, describe, expect, it } from 'vitest';

/** `MUNIT_KILLS=20` is the thorough form. */
const kills = Number(process.env['MUNIT_KILLS'] ?? 3);
const steps = 12 * kills;

const work = mkdtempSync(join(tmpdir(), 'munit-train-kill-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const config = join(work, 'config.yaml');
writeFileSync(
  config,
  [
    `max_iter: ${steps}`,
    'synthetic_count: 10',
    'crop_image_height: 16',
    'crop_image_width: 16',
    'batch_size: 2',
    'recon_x_cyc_w: 10',
    'log_iter: 1',
    'snapshot_save_iter: 2',
    'image_save_iter: 100000',
    'image_display_iter: 100000',
    'display_size: 1',
    'gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 }',
    'dis: { dim: 2, n_layer: 1, num_scales: 1, norm: sn }',
    'diff_augment: [translation, cutout]',
  ].join('\n'),
);

/** Where Node finds the loader of TypeScript. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Runs the command; kills it `killAfterMs` after its first step where that is given. Resolves with the exit code, or `killed`. */
function munit(args: readonly string[], killAfterMs?: number): Promise<number | 'killed'> {
  const child = spawn(process.execPath, ['--conditions=@munit/source', '--import', 'tsx', main, ...args], {
    cwd: packageFolder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  let armed = false;
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString();
    if (killAfterMs === undefined || armed || !output.includes('"kind":"step"')) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve(0);
      else reject(new Error(`munit ${args.join(' ')} ended with ${String(code ?? signal)}: ${output.slice(-2000)}`));
    });
  });
}

const options = ['--device', 'simd', '--threads', '1', '--progress', 'json'];

function finalCheckpoint(folder: string): string {
  const name = `step-${String(steps).padStart(8, '0')}.safetensors`;
  return createHash('sha256').update(readFileSync(join(folder, 'checkpoints', name))).digest('hex');
}

describe('munit train', () => {
  it(`killed ${kills} times and resumed ends with the same bytes, and the same log, as when left alone`, async () => {
    const [alone, killed] = [join(work, 'alone'), join(work, 'killed')];
    expect(await munit(['train', '--config', config, '--out', alone, ...options])).toBe(0);
    const rng = new Rng(kills);
    let survived = 0;
    for (let round = 0; round < kills; round++) {
      const start = existsSync(join(killed, 'run.json')) ? ['--resume', killed] : ['--config', config, '--out', killed];
      if ((await munit(['train', ...start, ...options], rng.uniform() * 600)) === 0) survived++;
    }
    expect(survived).toBeLessThan(kills);
    expect(await munit(['train', '--resume', killed, ...options])).toBe(0);
    expect(finalCheckpoint(killed)).toBe(finalCheckpoint(alone));
    expect(readFileSync(join(killed, 'losses.csv'), 'utf8')).toBe(readFileSync(join(alone, 'losses.csv'), 'utf8'));
    expect(readdirSync(join(killed, 'checkpoints')).filter((name) => /tmp|damaged/.test(name))).toEqual([]);
  }, 600_000);
});
