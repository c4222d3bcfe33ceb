/** A terminal that closes, and output that nobody reads, cost nothing. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const work = mkdtempSync(join(tmpdir(), 'munit-signals-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const config = join(work, 'config.yaml');
writeFileSync(
  config,
  `max_iter: 100000
synthetic_count: 8
crop_image_height: 16
crop_image_width: 16
log_iter: 1
snapshot_save_iter: 100000
image_save_iter: 100000
image_display_iter: 100000
display_size: 1
gen: { dim: 2, mlp_dim: 2, style_dim: 2, n_res: 1, n_downsample: 1 }
dis: { dim: 1, n_layer: 1, num_scales: 1 }
`,
);

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const node = [process.execPath, '--conditions=@munit/source', '--import', 'tsx', main];
const options = ['--device', 'simd', '--threads', '1', '--progress', 'json'];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last step that was printed before the run was disturbed. */
  readonly seen: number;
}

/** Trains into `folder`; calls `disturb` once ten steps are printed. */
function train(folder: string, disturb: (child: ReturnType<typeof spawn>) => void, prefix: readonly string[] = [], more: readonly string[] = []): Promise<Ended> {
  const [command, ...args] = [...prefix, ...node, 'train', '--config', config, '--out', folder, ...options, ...more] as [string, ...string[]];
  const child = spawn(command, args, { cwd: packageFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  let seen = 0;
  let disturbed = false;
  child.stdout.resume();
  child.stderr.on('data', (data: Buffer) => {
    if (disturbed) return;
    for (const [, step] of data.toString().matchAll(/"kind":"step","step":(\d+)/g)) seen = Number(step);
    if (seen < 10) return;
    disturbed = true;
    disturb(child);
  });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal, seen })));
}

const lastCheckpoint = (folder: string): number =>
  Math.max(...readdirSync(join(folder, 'checkpoints')).flatMap((name) => (/^step-\d+\.safetensors$/.test(name) ? [Number(name.slice(5, 13))] : [])));

describe('munit train', () => {
  it.each([
    ['SIGHUP', []],
    ['SIGHUP', ['nohup']],
    ['SIGTERM', []],
  ] as const)('saves at %s and ends (%s)', async (signal, prefix) => {
    const folder = join(work, `${signal}-${prefix.join('')}`);
    const { code, seen } = await train(folder, (child) => child.kill(signal), prefix);
    expect(code).toBe(130);
    expect(lastCheckpoint(folder)).toBeGreaterThanOrEqual(seen);
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
  }, 120_000);

  it('trains on to its end when nobody reads its output any more', async () => {
    const folder = join(work, 'unread');
    const { code } = await train(
      folder,
      (child) => {
        child.stderr!.destroy();
        child.stdout!.destroy();
      },
      [],
      ['--steps', '150'],
    );
    expect(code).toBe(0);
    expect(lastCheckpoint(folder)).toBe(150);
    expect(readFileSync(join(folder, 'losses.csv'), 'utf8').split('\n')).toHaveLength(152);
  }, 240_000);
});
