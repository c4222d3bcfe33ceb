/** `munit evaluate`: its options, its request, its work. */
import type { Expectation } from '@munit/data/synthetic';
import { type Command, Option } from 'commander';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName, checkpointOf, pathOf, wholeNumber } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from './deviceOptions.js';

/** What `munit evaluate` is asked to do. */
export interface EvaluateRequest {
  /** The run folder; the run must have been trained on a set of `munit data synthetic` or `munit data animals`. */
  readonly run: string;
  /** `best`, `latest` or a step. */
  readonly checkpoint: string;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device, 1 to 1024; undefined leaves the choice to it. */
  readonly threads: number | undefined;
  /** Held-out inputs to translate, at least 1; the command's default is 100. */
  readonly inputs: number;
  /** Random styles per input, at least 1; the command's default is 100. */
  readonly styles: number;
  /** What the random styles are drawn from, 0 to 2³² − 1. */
  readonly seed: number;
  /** Whether stdout gets one JSON object instead of a table. */
  readonly json: boolean;
}

interface EvaluateOptions extends DeviceChoice {
  readonly checkpoint: string;
  readonly inputs: number;
  readonly styles: number;
  readonly seed: number;
  readonly json?: true;
}

const examples = `
Examples:
  munit evaluate runs/shapes
  munit evaluate runs/shapes --checkpoint 20000 --json | jq .contentIoU

The run must have been trained on a set of "munit data synthetic" or "munit data animals": only there the truth is known.`;

/** What each figure means and what a perfect model scores. */
const meanings: readonly (readonly [name: string, meaning: string])[] = [
  ['contentIoU', 'shape kept: overlap with the true silhouette, 0 to 1'],
  ['modesCovered', 'of 8 hues, how many the random styles of one input show'],
  ['guidedAccuracy', 'guided outputs in the hue of their example, 0 to 1'],
  ['guidedTexture', 'guided outputs with the texture of their example'],
  ['guidedLight', 'guided outputs lit as their example'],
  ['styleConsistency', 'pairs of inputs that one style code gives the same hue, 0 to 1'],
  ['hueKl', 'divergence of the hues from the true, uniform ones, nats'],
  ['hueJs', 'the same, Jensen–Shannon, nats'],
  ['hueUndecided', 'outputs without a clear hue, 0 to 1'],
  ['texturesCovered', 'of 4 textures, per input'],
  ['lightsCovered', 'of 4 directions of light, per input'],
];

/** The same for animals. */
const meaningsOfAnimals: typeof meanings = [
  ['contentIoU', 'silhouettes of output and truth: overlap, 0 to 1'],
  ['coatsCovered', 'of 12 coat colours, how many the random styles of one drawing show'],
  ['coatsCoveredOverall', 'of 12, in all outputs together'],
  ['coatUndecided', 'outputs whose coat has none of the 12 colours, 0 to 1'],
  ['guidedCoat', 'guided outputs with the coat of their example, 0 to 1'],
  ['guidedColourError', 'mean difference of their coat from the example\'s, of 255'],
  ['detail', 'eyes, brows, nose and mouth still there: correlation with the truth, 0 to 1'],
];

/** What perfect sampling and chance give for animals. */
function expectationsOfAnimals(styles: number): Readonly<Record<string, Expectation>> {
  const covered = 12 * (1 - (11 / 12) ** styles);
  return {
    contentIoU: { perfect: 1, chance: 0 },
    coatsCovered: { perfect: covered, chance: 1 },
    coatsCoveredOverall: { perfect: 12, chance: 1 },
    coatUndecided: { perfect: 0, chance: 1 },
    guidedCoat: { perfect: 1, chance: 1 / 12 },
    detail: { perfect: 1, chance: 0 },
  };
}

/** Evaluates; the library is loaded when it is needed. */
const evaluate: Action<EvaluateRequest> = async (request, io, signal) => {
  const { evaluateRun } = await import('@munit/train/node');
  const { benchmarkExpectations } = await import('@munit/data/synthetic');
  const { run, checkpoint, device, threads, inputs, styles, seed, json } = request;
  const { step, metrics } = await evaluateRun({
    folder: run,
    checkpoint: checkpointOf(checkpoint),
    device: deviceNameOf(device),
    threads,
    inputs,
    styles,
    seed,
    signal,
  });
  if (json) io.stdout.write(`${JSON.stringify({ run, step, inputs, styles, ...metrics })}\n`);
  else {
    io.stdout.write(`${run} at step ${step}: ${inputs} held-out inputs, ${styles} random styles each\n`);
    const animals = metrics['guidedCoat'] !== undefined;
    const expected: Readonly<Record<string, Expectation>> = animals ? expectationsOfAnimals(styles) : benchmarkExpectations(styles);
    const column = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(3)).padStart(8);
    io.stdout.write(`  ${''.padEnd(19)} ${'here'.padStart(8)} ${'perfect'.padStart(8)} ${'chance'.padStart(8)}\n`);
    for (const [name, meaning] of animals ? meaningsOfAnimals : meanings) io.stdout.write(`  ${name.padEnd(19)} ${[metrics[name], expected[name]?.perfect, expected[name]?.chance].map(column).join(' ')}  ${meaning}\n`);
  }
  return exitCodes.ok;
};

export function addEvaluate(program: Command, { io, setExitCode }: CommandContext, action: Action<EvaluateRequest> = evaluate): void {
  const command = program.command('evaluate').argument('<run>', '', pathOf).description('measure a trained run on held-out images of the synthetic benchmark or of animals');
  addDeviceOptions(command)
    .addOption(new Option('--checkpoint <which>', "'best', 'latest' or a step").argParser(checkpointName).default('latest'))
    .addOption(new Option('--inputs <n>', 'held-out inputs').argParser(wholeNumber(1)).default(100))
    .addOption(new Option('--styles <n>', 'random styles per input').argParser(wholeNumber(1)).default(100))
    .addOption(new Option('--seed <n>', 'of the random styles').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action(async (run: string, { checkpoint, device, threads, inputs, styles, seed, json }: EvaluateOptions) => {
      const request: EvaluateRequest = { run, checkpoint, device, threads, inputs, styles, seed, json: json === true };
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
