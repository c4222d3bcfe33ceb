/** `munit import-run`: a run that another engine has trained, back in its folder. */
import { visible } from '@munit/core/text';
import type { Command } from 'commander';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';
import { pathOf } from '../values.js';
import type { CommandContext } from './context.js';

const examples = `
Examples:
  munit import-run cats-torch runs/cats        what was trained since munit export-run
  munit import-run cats-torch runs/other       as a run of its own, in a new folder

Takes the newest checkpoint, the best one, and the logged losses: table, TensorBoard, report and model then are those of the whole run, and
"munit train --resume" continues it. Refused when the run has been trained by other means meanwhile.`;

async function importRun(from: string, run: string, { device }: DeviceChoice, { io }: CommandContext): Promise<void> {
  const { importRun: take } = await import('@munit/train/node');
  const taken = await take({ from, run, device: deviceNameOf(device), onNotice: (message) => void io.stderr.write(`${visible(message)}\n`) });
  io.stdout.write(`${visible(taken.run)}\n`);
  io.stderr.write(`Steps ${taken.fromStep} to ${taken.step}. Continue with:  munit train --resume ${visible(run)}\n`);
}

export function addImportRun(program: Command, context: CommandContext): void {
  const command = program
    .command('import-run')
    .argument('<from>', 'the folder that munit export-run made', pathOf)
    .argument('<run>', 'the run folder', pathOf)
    .description('take back a run that PyTorch has trained');
  addDeviceOptions(command)
    .addHelpText('after', examples)
    .action((from: string, run: string, options: DeviceChoice) => importRun(from, run, options, context));
}
