/** `munit export-run`: a run for another engine. */
import { visible } from '@munit/core/text';
import { type Command, Option } from 'commander';
import { counter } from '../counter.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName, checkpointOf, given, pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';

interface ExportRunOptions {
  readonly to: 'torch';
  readonly out: string;
  readonly checkpoint?: string;
  readonly steps?: number;
  readonly overwrite?: true;
}

const examples = `
Examples:
  munit train --a drawings/ --b photos/ --out runs/cats --prepare      a run at step 0
  munit export-run runs/cats --to torch --out cats-torch
  torchrun --nproc-per-node 4 -m munit_torch train cats-torch          on one machine or many
  munit import-run cats-torch runs/cats
  munit train --resume runs/cats                                       where PyTorch stopped

The folder holds the configuration, the networks as data, the state with both optimizers, and the training images as munit decoded and
resized them: height × width × channels bytes each.`;

async function exportRun(run: string, { out, checkpoint, steps, overwrite }: ExportRunOptions, { io, setExitCode }: CommandContext): Promise<void> {
  const { exportRun: write } = await import('@munit/train/node');
  const writing = counter(io.stderr, 'Writing images');
  const code = await withInterrupt(io, async (signal) => {
    const exported = await write({
      run,
      out,
      signal,
      overwrite: overwrite === true,
      onProgress: (done, total) => writing.show(done, total),
      ...given({ steps, checkpoint: checkpoint === undefined ? undefined : checkpointOf(checkpoint) }),
    }).finally(() => writing.clear());
    io.stdout.write(`${visible(exported.out)}\n`);
    io.stderr.write(`${exported.trainer}, step ${exported.step}. Train it with:  python3 -m munit_torch train ${visible(out)}\n`);
    return exitCodes.ok;
  });
  setExitCode(code);
}

export function addExportRun(program: Command, context: CommandContext): void {
  program
    .command('export-run')
    .argument('<run>', 'a run folder', pathOf)
    .description('write a run for PyTorch, which can train it on several processes and machines')
    .addOption(new Option('--to <engine>', 'who is to train it').choices(['torch']).makeOptionMandatory())
    .requiredOption('--out <folder>', 'the folder to make', pathOf)
    .addOption(new Option('--checkpoint <which>', "'best', 'latest' or a step").argParser(checkpointName))
    .addOption(new Option('--steps <n>', 'updates that the run is to have in all (max_iter)').argParser(wholeNumber(1)))
    .option('--overwrite', 'replace the exported run that the folder holds')
    .addHelpText('after', examples)
    .action((run: string, options: ExportRunOptions) => exportRun(run, options, context));
}
