import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTraining } from '@munit/train/node';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { learningConfig, trainByMunit, trainByTorch } from '../learning/training.js';
import { findPython } from '../process/python.js';
import { learning, seedsOf } from './learning.js';

const work = mkdtempSync(join(tmpdir(), 'munit-learning-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const hasTorch = ((): boolean => {
  try {
    findPython('torch, numpy');
    return true;
  } catch {
    return false;
  }
})();

/** What is said and emitted. */
async function compare(out: string, steps: number, seeds: readonly number[]): Promise<{ readonly said: string; readonly emitted: string[] }> {
  const [said, emitted] = [[], []] as [string[], string[]];
  await learning({ threads: 1, device: 'simd', say: (text) => void said.push(text), emit: (line) => void emitted.push(line) }, { steps, seeds, out, images: 8, inputs: 3, styles: 4 });
  return { said: said.join('\n'), emitted };
}

describe('seedsOf', () => {
  it('reads a list', () => {
    expect(seedsOf('1')).toEqual([1]);
    expect(seedsOf('3, 0,4294967295')).toEqual([3, 0, 4294967295]);
  });

  it.each(['', '1,', '1,1', '-1', '1.5', 'x', '4294967296'])("refuses '%s'", (text) => {
    expect(() => seedsOf(text)).toThrow('They must be different whole numbers from 0 to 4294967295, such as 1,2.');
  });
});

describe('learning', () => {
  it('trains the preset quick on the benchmark, alike but for the seed and the steps', () => {
    const config = learningConfig(7, 50);
    expect(config).toMatchObject({ trainer: 'MUNIT', seed: 7, max_iter: 50, synthetic_count: 4000, new_size: 32, batch_size: 4, lr: 5e-4, recon_x_cyc_w: 10 });
    expect(config.gen.dim).toBe(16);
  });

  it('names an absent PyTorch, and trains nothing', async () => {
    vi.stubEnv('MUNIT_PYTHON', join(work, 'no-python'));
    const { said, emitted } = await compare(join(work, 'absent'), 2, [1]);
    expect(said).toBe(`pytorch is absent: no Python with torch, numpy among ${join(work, 'no-python')} (name one by MUNIT_PYTHON). There is nothing to compare with, so nothing is trained.`);
    expect(emitted).toEqual([]);
    expect(existsSync(join(work, 'absent'))).toBe(false);
  });

  it('refuses a folder that holds another run', async () => {
    const folder = join(work, 'another');
    await runTraining({ folder, config: { ...learningConfig(1, 4), lr: 1e-3 }, device: 'simd', threads: 1, signal: AbortSignal.abort() });
    const context = { device: 'simd', threads: 1, onProgress: () => undefined } as const;
    for (const engine of [() => trainByMunit(folder, learningConfig(1, 4), context), () => trainByTorch(folder, learningConfig(1, 4), 'no-python', context)]) {
      await expect(engine()).rejects.toThrow(`${folder} holds a run with another configuration. Give another --out, or remove it.`);
    }
  }, 60_000);

  it.skipIf(!hasTorch)(`is the same for both engines after two steps, costs nothing when repeated${hasTorch ? '' : ' (skipped: no Python with PyTorch and NumPy; MUNIT_PYTHON names another one)'}`, async () => {
    const out = join(work, 'both');
    const { said, emitted } = await compare(out, 2, [5]);
    expect(said).toContain('munit, seed 5: step 2 of 2');
    expect(said).toContain('pytorch, seed 5: step 2 of 2');
    const line = JSON.parse(emitted[0]!) as { peer_version: string; figures: Record<string, { ours: number; peer: number; difference: number }> };
    expect(line).toMatchObject({ name: 'learning', steps: 2, seeds: [5], inputs: 3, styles: 4, peer: 'pytorch' });
    expect(line.peer_version).toMatch(/^munit_torch .*, PyTorch \d/);
    // From the same weights by the same steps: rounding apart, the same model. Judged as after training, it is near no figure's perfect value.
    for (const [name, { difference }] of Object.entries(line.figures)) expect(Math.abs(difference), name).toBeLessThan(0.02);

    const checkpoints = (engine: string): string[] => {
      const folder = join(out, '2-steps/seed-5', engine, 'checkpoints');
      return readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
    };
    const before = [checkpoints('munit'), checkpoints('pytorch')];
    const again = await compare(out, 2, [5]);
    expect(again.said).not.toContain('step 2 of 2');
    expect(again.emitted).toEqual(emitted);
    expect([checkpoints('munit'), checkpoints('pytorch')]).toEqual(before);
  }, 300_000);
});
