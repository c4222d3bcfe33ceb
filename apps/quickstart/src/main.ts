/**
 * `npm start`: draws animals, trains a small MUNIT on them, judges it against the known truth, and leaves a report with pictures.
 * The last line is one JSON object with the figures.
 */
import { relative } from 'node:path';
import { type DeviceName, MunitError } from '@munit/core';
import { progressReporter, resolveConfig } from '@munit/train';
import { runTraining } from '@munit/train/node';
import { Command } from 'commander';
import { drawAnimals } from './drawAnimals.js';
import { animals, quickstart } from './settings.js';

interface Options {
  readonly device: DeviceName | 'auto';
  readonly steps?: number;
  readonly out: string;
  readonly seed?: number;
}

async function main({ device, out, seed, ...options }: Options): Promise<number> {
  // A smoke test of the whole path wants it in seconds.
  const quick = process.env['MUNIT_START_QUICK'] === '1';
  const steps = options.steps ?? (quick ? 10 : undefined);
  const set = quick ? { ...animals, count: 32, testCount: 8 } : animals;
  const data = `${out}-animals${quick ? '-quick' : ''}`;
  const config = resolveConfig({ ...quickstart, data_root: data, ...(steps === undefined ? {} : { max_iter: steps }), ...(seed === undefined ? {} : { seed }) }, 'animals');
  console.log(`munit learns, from two folders of unpaired pictures, to turn drawings of animals (A) into animals in colour (B): ${config.max_iter} steps at ${set.size}×${set.size}.`);
  if ((await drawAnimals(data, set)) === 'drawn') console.log(`Drew ${set.count} animals in lines and ${set.count} others in colour into ${data}.`);
  console.log(`Watch it in a browser: ${out}/report.html. Ctrl-C stops and saves.`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const outcome = await runTraining({
    folder: out,
    config,
    overwrite: true,
    device,
    signal: stop.signal,
    onEvent: progressReporter({ stream: process.stdout, everySeconds: 10 }),
    command: ['npm', 'start'],
  });
  const { contentIoU, coatsCovered, guidedCoat } = outcome.metrics;
  console.log(`The report with its pictures: ${outcome.report}`);
  console.log(
    JSON.stringify({
      contentIoU,
      modesCovered: coatsCovered,
      guidedAccuracy: guidedCoat,
      steps: outcome.step,
      seconds: Math.round(outcome.seconds),
      device: outcome.device.taken,
      report: relative(process.cwd(), outcome.report),
    }),
  );
  return outcome.reason === 'finished' ? 0 : 130;
}

await new Command('quickstart')
  .description('Trains a small MUNIT on drawings of animals and reports.')
  .option('--device <name>', 'auto, cuda, webgpu, tensorflow, simd or cpu', 'auto')
  .option('--steps <count>', 'training steps', Number)
  .option('--seed <number>', 'seed of everything random', Number)
  .option('--out <folder>', 'run folder; what an earlier run left there is replaced', 'runs/quickstart')
  .action(async (options: Options) => {
    try {
      process.exitCode = await main(options);
    } catch (error) {
      console.error(error instanceof MunitError ? error.message : error);
      process.exitCode = 1;
    }
  })
  .parseAsync();
