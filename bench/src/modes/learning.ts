/** Whether munit learns as PyTorch does: the same configuration trained by both from the same first weights, and judged alike on the synthetic benchmark. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { DeviceName } from '@munit/core';
import { InvalidArgumentError } from 'commander';
import { figuresOfRun, judgeRun } from '@munit/train/node';
import { compareFigures, type Judged, learningJson, learningTable, type SeedResult } from '../learning/figures.js';
import { learningConfig, trainByMunit, trainByTorch } from '../learning/training.js';
import { Absent } from '../process/contestant.js';
import { findPython, pythonEnvironment } from '../process/python.js';
import type { Context } from './context.js';

/** What `--learning` is asked to do. */
export interface LearningOptions {
  /** Updates of each run. */
  readonly steps: number;
  /** A run of each engine for each: of first weights, images, crops and random styles. */
  readonly seeds: readonly number[];
  /** Folder of the runs, which stay there. */
  readonly out: string;
  /** Training images of each domain; default 4,000. */
  readonly images?: number;
  /** Held-out inputs that are judged; default 24. */
  readonly inputs?: number;
  /** Random styles of each; of fewer than 100, coverage is mostly luck, and the default is 100. */
  readonly styles?: number;
}

/** What `--steps`, `--seeds` and `--out` are when they are not given. */
export const learningDefaults = { steps: 2000, seeds: [1, 2], out: join('runs', 'learning') } as const;

/** Seeds as they are written, `1,2`. @throws InvalidArgumentError for what is not a list of different whole numbers from 0 to 2³² − 1 */
export function seedsOf(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  const seeds = parts.map(Number);
  if (parts.includes('') || seeds.some((seed) => !Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) || new Set(seeds).size < seeds.length) {
    throw new InvalidArgumentError('They must be different whole numbers from 0 to 4294967295, such as 1,2.');
  }
  return seeds;
}

/** Compares the two engines, or says that PyTorch is not there. Repeated, it continues what it was stopped in, and only judges what is trained. */
export async function learning({ threads, device, say, emit }: Omit<Context, 'folder' | 'runs'>, { steps, seeds, out, images, inputs = 24, styles = 100 }: LearningOptions): Promise<void> {
  let python: string;
  try {
    python = findPython('torch, numpy');
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    say(`pytorch is absent: ${error.message}. There is nothing to compare with, so nothing is trained.`);
    return;
  }
  const version = versionOf(python);
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    const config = learningConfig(seed, steps, images);
    const folder = join(out, `${steps}-steps`, `seed-${seed}`);
    const [ours, theirs] = [join(folder, 'munit'), join(folder, 'pytorch')];
    const context = (who: string) => ({ device: device as DeviceName, threads, onProgress: (text: string) => say(`${who}, seed ${seed}: ${text}`) });
    await trainByMunit(ours, config, context('munit'));
    await trainByTorch(theirs, config, python, context('pytorch'));
    say(`seed ${seed}: judged on ${inputs} inputs in ${styles} styles …`);
    const judged = async (run: string): Promise<Judged> => figuresOfRun([await judgeRun({ folder: run, checkpoint: steps, device: device as DeviceName, threads, inputs, styles, seed: 0 })]).resampled;
    results.push({ seed, ours: await judged(ours), theirs: await judged(theirs) });
  }
  const figures = compareFigures(results, styles);
  say(`\nmunit on ${device} and ${version}: ${steps} steps of the preset quick on the synthetic benchmark, seeds ${seeds.join(', ')}; ${inputs} held-out inputs in ${styles} styles, ${inputs} examples.\n`);
  say(learningTable(figures, seeds));
  say(`\nThe runs: ${out}`);
  emit(JSON.stringify({ name: 'learning', steps, seeds, inputs, styles, device, threads, peer: 'pytorch', peer_version: version, figures: learningJson(figures) }));
}

const versionOf = (python: string): string => spawnSync(python, ['-m', 'munit_torch', '--version'], { env: { ...process.env, ...pythonEnvironment(1) }, encoding: 'utf8' }).stdout.trim();
