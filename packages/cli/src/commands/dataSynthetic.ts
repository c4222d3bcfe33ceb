import { type Command, Option } from 'commander';
import { counter } from '../counter.js';
import { withInterrupt } from '../interrupt.js';
import { pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { refuseUsedFolder } from './usedFolder.js';

interface SyntheticOptions {
  readonly size: number;
  readonly count: number;
  readonly test?: number;
  readonly seed: number;
  readonly background: 'white' | 'soft';
  readonly json?: true;
}

async function make(folder: string, options: SyntheticOptions, { io }: CommandContext): Promise<void> {
  await refuseUsedFolder(folder);
  const { writeSyntheticSet } = await import('@munit/data/node');
  const { size, count, test, seed, background } = options;
  const { show, clear } = counter(io.stderr, 'Drawn');
  const start = performance.now();
  await withInterrupt(io, async (signal) =>
    writeSyntheticSet(folder, {
      size, count, seed, background, signal,
      ...(test === undefined ? {} : { testCount: test }),
      onProgress: ({ done, pictures }) => show(done, pictures),
    }),
  ).finally(clear);
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  if (options.json === true) io.stdout.write(`${JSON.stringify({ folder, size, count, seed, seconds })}\n`);
  else io.stdout.write(`${folder}: ${count} pictures per domain of ${size}×${size} pixels, with truth.json, in ${seconds} s.\nTrain on it:  munit train --data ${folder} --preset quick\n`);
}

const examples = `
Outlines of shapes (A) and the same kinds of shape filled with colour, texture and light (B). What each picture shows is known and
written to truth.json, so that "munit evaluate" can measure a model without any other network. The same options give the same files.

Examples:
  munit data synthetic shapes/
  munit data synthetic shapes/ --size 128 --count 5000 --seed 7`;

export function addDataSynthetic(data: Command, context: CommandContext): void {
  data
    .command('synthetic')
    .argument('<folder>', '', pathOf)
    .description('make the benchmark: two unpaired domains whose content and style are known')
    .addOption(new Option('--size <px>', 'side of the pictures').argParser(wholeNumber(16, 4096)).default(64))
    .addOption(new Option('--count <n>', 'training pictures per domain').argParser(wholeNumber(1)).default(1000))
    .addOption(new Option('--test <n>', 'test pictures per domain (a tenth, at least 16)').argParser(wholeNumber(1)))
    .addOption(new Option('--seed <n>', 'what the pictures are drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .addOption(new Option('--background <kind>', 'of B').choices(['white', 'soft']).default('white'))
    .option('--json', 'one JSON object instead of sentences')
    .addHelpText('after', examples)
    .action((folder: string, options: SyntheticOptions) => make(folder, options, context));
}
