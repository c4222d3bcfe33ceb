import { type Command, Option } from 'commander';
import type { Action, EvaluateRequest } from '../actions.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice } from './deviceOptions.js';

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

The run must have been trained on a set of "munit data synthetic": only there the truth is known.`;

export function addEvaluate(program: Command, action: Action<EvaluateRequest>, { io, setExitCode }: CommandContext): void {
  const command = program.command('evaluate <run>').description('measure a trained run on held-out images of the synthetic benchmark');
  addDeviceOptions(command)
    .addOption(new Option('--checkpoint <which>', "'best', 'latest' or a step").argParser(checkpointName).default('latest'))
    .addOption(new Option('--inputs <n>', 'held-out inputs').argParser(wholeNumber(1)).default(100))
    .addOption(new Option('--styles <n>', 'random styles per input').argParser(wholeNumber(1)).default(20))
    .addOption(new Option('--seed <n>', 'of the random styles').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action(async (run: string, { checkpoint, device, threads, inputs, styles, seed, json }: EvaluateOptions) => {
      const request: EvaluateRequest = { run, checkpoint, device, threads, inputs, styles, seed, json: json === true };
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
