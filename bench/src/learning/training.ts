/** One configuration trained by munit and by PyTorch, from the same first weights; what is there already is kept. */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import type { DeviceName } from '@munit/core';
import { resolveConfig, type TrainingConfig } from '@munit/train';
import { configOfRun, exportRun, importRun, openCheckpoints, runPaths, runTraining } from '@munit/train/node';
import { pythonEnvironment } from '../process/python.js';

/** How a run is trained. */
export interface TrainingContext {
  readonly device: DeviceName;
  readonly threads: number;
  /** How far it is, in a few words. */
  readonly onProgress: (text: string) => void;
}

/** The preset `quick` on the built-in benchmark, with so many images of each domain: what both engines train. */
export const learningConfig = (seed: number, steps: number, images = 4000): TrainingConfig =>
  resolveConfig({ seed, synthetic_count: images, max_iter: steps, snapshot_save_iter: Math.min(steps, 100), image_save_iter: steps, image_display_iter: steps, log_iter: Math.ceil(steps / 10) }, 'quick');

/** Trains in a run folder by munit, from its newest checkpoint where there is one. @throws Error for a run of another configuration */
export async function trainByMunit(folder: string, config: TrainingConfig, { device, threads, onProgress }: TrainingContext): Promise<void> {
  if (await isTrained(folder, config)) return;
  const resume = existsSync(runPaths(folder).manifest);
  await runTraining({
    folder, device, threads, command: ['bench', '--learning'], ...(resume ? { resume } : { config }),
    onEvent: (event) => {
      if (event.kind === 'step') onProgress(`step ${event.step} of ${event.totalSteps}`);
    },
  });
}

/**
 * Trains by PyTorch: a run at step 0 is handed to munit_torch, and what that makes of it is taken back into its folder.
 * @throws Error for a run of another configuration, and with the last words of munit_torch when it fails
 */
export async function trainByTorch(folder: string, config: TrainingConfig, python: string, context: TrainingContext): Promise<void> {
  if (await isTrained(folder, config)) return;
  const { device, threads } = context;
  if (!existsSync(runPaths(folder).manifest)) await runTraining({ folder, config, device, threads, signal: AbortSignal.abort() });
  const exported = `${folder}-exported`;
  // Written last: without it, an export was cut short.
  if (!existsSync(join(exported, 'run.json'))) {
    rmSync(exported, { recursive: true, force: true });
    await exportRun({ run: folder, out: exported });
  }
  await runMunitTorch(exported, python, context);
  await importRun({ from: exported, run: folder, device });
}

async function isTrained(folder: string, config: TrainingConfig): Promise<boolean> {
  if (!existsSync(runPaths(folder).manifest)) return false;
  const plain = (value: TrainingConfig): unknown => JSON.parse(JSON.stringify(value));
  if (!isDeepStrictEqual(plain(await configOfRun(folder)), plain(config))) throw new Error(`${folder} holds a run with another configuration. Give another --out, or remove it.`);
  return openCheckpoints(runPaths(folder).checkpoints, { readOnly: true }).list().at(-1)?.step === config.max_iter;
}

async function runMunitTorch(exported: string, python: string, { threads, onProgress }: TrainingContext): Promise<void> {
  const child = spawn(python, ['-m', 'munit_torch', 'train', exported, '--threads', String(threads)], {
    env: { ...process.env, ...pythonEnvironment(threads) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    const [, step, total] = /^step (\d+)\/(\d+)/.exec(line) ?? [];
    if (step !== undefined) onProgress(`step ${step} of ${total}`);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => process.off('exit', kill));
  if (code !== 0) throw new Error(`munit_torch ended with ${String(code)}. ${words.slice(-5).join('\n')}`);
}
