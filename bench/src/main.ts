/** `pnpm bench`: ours, on its simd device by default, against what a user could use instead, on the same work. See README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceName, deviceNames } from '@munit/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Disagreement } from './compare/agreement.js';
import { chooseItems, judges, memoryItem } from './materials/items.js';
import { compareItem } from './modes/compare.js';
import type { Context } from './modes/context.js';
import { learning, learningDefaults, seedsOf } from './modes/learning.js';
import { memoryOverSteps } from './modes/memory.js';
import { profileItem } from './modes/profile.js';
import { recomputeItem, scaleItem } from './modes/scaling.js';
import { serving } from './modes/serving.js';
import { webgpu } from './modes/webgpu.js';
import { type Peer, peers } from './process/peers.js';
import { comparisonTable, type Row } from './compare/row.js';

interface Options {
  readonly only?: readonly string[];
  readonly peers?: readonly string[];
  readonly threads: number;
  readonly device: DeviceName;
  readonly runs?: number;
  readonly json?: boolean;
  readonly profile?: boolean;
  readonly memory?: boolean;
  readonly threadsScaling?: boolean;
  readonly recomputation?: boolean;
  readonly serving?: number;
  readonly learning?: boolean;
  readonly steps?: number;
  readonly seeds?: readonly number[];
  readonly out?: string;
  readonly images?: number;
  readonly webgpu?: boolean;
  readonly gpu?: boolean;
}

/** @returns whether all is as it should be */
async function main(options: Options): Promise<boolean> {
  const { steps, seeds, out } = options;
  if (options.learning !== true && (steps ?? seeds ?? out) !== undefined) throw new Error('--steps, --seeds and --out are for --learning.');
  const chosen = chooseItems(options.only).map((item) => (options.images !== undefined && judges(item) ? { ...item, batch: options.images } : item));
  const opponents = choosePeers(options.peers, options.device);
  const folder = mkdtempSync(join(tmpdir(), 'munit-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // With --json, standard output belongs to the program that reads it.
  const say = options.json === true ? console.error : console.log;
  const emit = options.json === true ? console.log : (): void => undefined;
  const context: Context = { folder, threads: options.threads, device: options.device, runs: options.runs, say, emit };
  if (options.learning === true) {
    await learning(context, { steps: steps ?? learningDefaults.steps, seeds: seeds ?? learningDefaults.seeds, out: out ?? learningDefaults.out });
    return true;
  }
  say(machine(options));
  let good = true;
  const rows: Row[] = [];
  if (options.serving !== undefined) return serving(context, { seconds: options.serving });
  if (options.webgpu === true) {
    await webgpu(context, { hardware: options.gpu === true });
    return true;
  }
  for (const item of chosen) {
    if (item.name === memoryItem.name) good = (await memoryOverSteps(item, context)) && good;
    else if (options.profile === true) await profileItem(item, context);
    else if (options.threadsScaling === true) rows.push(await scaleItem(item, context));
    else if (options.recomputation === true) rows.push(...[await recomputeItem(item, context)].filter((row) => row !== undefined));
    else rows.push(...(await compareItem(item, context, { peers: opponents, memory: options.memory === true })));
  }
  if (rows.length > 0) say(`\n${comparisonTable(rows)}`);
  return good;
}

function choosePeers(names: readonly string[] | undefined, device: DeviceName): readonly Peer[] {
  const unknown = (names ?? []).filter((name) => !peers.some((peer) => peer.name === name));
  if (unknown.length > 0) throw new Error(`There is no peer ${unknown.map((name) => `'${name}'`).join(', ')}; there are ${peers.map(({ name }) => name).join(', ')}.`);
  // Ours against itself says nothing.
  return peers.filter(({ name, slowStart }) => names?.includes(name) ?? (slowStart !== true && (name !== 'munit-simd' || device !== 'simd')));
}

/** What a reader must know to believe the figures. */
function machine({ threads, device }: Pick<Options, 'threads' | 'device'>): string {
  const load = loadavg()[0] ?? 0;
  const busy = load > 0.5 ? `\nThe machine is busy (load ${load.toFixed(1)}): read these figures as a rehearsal.` : '';
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; ours on ${device}, ${threads} threads; Node ${process.version}${busy}`;
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '');

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

const program = new Command('bench')
  .description("Times munit beside PyTorch, ONNX engines and TensorFlow.js on the same work.")
  .option('--only <names>', 'only these items (translate-256,train-64,…), or memory-1000', list)
  .option('--peers <names>', `only these of ${peers.map(({ name }) => name).join(', ')} (munit-simd: where ours is on another device)`, list)
  .option('--threads <count>', 'threads of ours and of every peer that has them', positive, 2)
  .addOption(new Option('--device <name>', 'what ours computes on').choices([...deviceNames]).default('simd'))
  .option('--runs <count>', 'timed runs of each item', positive)
  .option('--images <count>', 'pairs of lpips items, and images of features items', positive)
  .option('--json', 'one object a line on standard output')
  .option('--profile', 'our time by kernel, instead of a comparison')
  .option('--memory', 'also the peak memory of training steps')
  .option('--threads-scaling', 'ours with one thread beside ours with several, instead of a comparison')
  .option('--recomputation', 'training steps that recompute activations beside those that store them, instead of a comparison')
  .option('--serving <seconds>', 'munit serve under 64 clients for so long, instead of a comparison', positive)
  .option('--learning', 'munit and PyTorch trained alike on the synthetic benchmark and judged alike, instead of a comparison of times')
  .option('--steps <count>', `with --learning: updates of each run (${learningDefaults.steps})`, positive)
  .option('--seeds <numbers>', `with --learning: a run of each for every seed (${learningDefaults.seeds.join(',')})`, seedsOf)
  .option('--out <folder>', `with --learning: where the runs stay (${learningDefaults.out})`)
  .option('--webgpu', "munit's WebGPU programs beside their composed form and onnxruntime-web, in Chromium, instead of a comparison")
  .option('--gpu', 'with --webgpu: on the GPU of this machine, and not on the software adapter')
  .action(async (options: Options) => {
    try {
      if (!(await main(options))) process.exitCode = 1;
    } catch (error) {
      console.error(error instanceof Disagreement ? `The results do not agree, so nothing is timed. ${error.message}` : error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await program.parseAsync();
