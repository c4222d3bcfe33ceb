import { visible, visibleJson } from '@munit/core/text';
import { type Command, Option } from 'commander';
import { counter } from '../counter.js';
import { withInterrupt } from '../interrupt.js';
import { numberFrom, pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { refuseUsedFolder } from './usedFolder.js';

interface EdgesOptions {
  readonly out: string;
  readonly size: number;
  readonly square: boolean;
  readonly test: number;
  readonly seed: number;
  readonly strong?: number;
  readonly blur?: number;
  readonly json?: true;
}

/** Names to print of a kind. */
const limit = 10;

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > limit ? [`… and ${names.length - limit} more`] : [];
  return `  ${names.length} ${what}\n${[...names.slice(0, limit), ...more].map((name) => `    ${visible(name)}\n`).join('')}`;
}

async function make(photographs: string, options: EdgesOptions, { io }: CommandContext): Promise<void> {
  const { out, size, square, test, seed, strong, blur } = options;
  await refuseUsedFolder(out);
  const { writeEdgeSet } = await import('@munit/data/node');
  const { show, clear } = counter(io.stderr, 'Drawn');
  const report = await withInterrupt(io, async (signal) =>
    writeEdgeSet(photographs, out, { size, square, test, seed, strong, blur, signal, onProgress: ({ done, photographs: all }) => show(done, all) }),
  ).finally(clear);
  if (options.json === true) {
    io.stdout.write(`${visibleJson({ folder: out, size, ...report })}\n`);
    return;
  }
  const { written, duplicates, blank, small, broken } = report;
  io.stdout.write(`${out}: ${written.train} photographs and their line drawings for training, ${written.test} for testing.\n`);
  io.stdout.write(
    [
      listed('left out as copies of others:', duplicates.map(({ name, of }) => `${name} (of ${of})`)),
      listed('left out as blank:', blank),
      listed(`left out as smaller than ${size} pixels:`, small),
      listed('left out as unreadable:', broken.map(({ name, reason }) => `${name} ${reason}`)),
    ].join(''),
  );
  io.stdout.write(`Train on it:  munit train --data ${out} --preset edges --size ${size}\n`);
}

const examples = `
Makes the paper's edges ↔ things of your own pictures: line drawings by Canny's method (A), the photographs scaled and cut to squares (B),
under the same names. Copies, blank pictures and those that are too small are left out and named.

Examples:
  munit data edges photos/ --out edges2things
  munit data edges photos/ --out edges2things --size 128 --test 0.2
  munit data edges photos/ --out sketchy --strong 0.15      more lines
  munit data edges photos/ --out plain --blur 3             fewer details`;

export function addDataEdges(data: Command, context: CommandContext): void {
  data
    .command('edges')
    .argument('<photographs>', '', pathOf)
    .description('make line drawings of your own photographs, and a set to train on')
    .addOption(new Option('--out <folder>', 'where the set goes').argParser(pathOf).makeOptionMandatory())
    .addOption(new Option('--size <px>', 'shorter side of what is written').argParser(wholeNumber(16, 4096)).default(256))
    .option('--no-square', 'keep the shape of the photographs')
    .addOption(new Option('--test <share>', 'held out for testing, 0 to 0.9').argParser(numberFrom(0, 0.9)).default(0.1))
    .addOption(new Option('--seed <n>', 'what chooses those').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .addOption(new Option('--strong <share>', 'pixels that may begin a line, 0.001 to 1 (0.09)').argParser(numberFrom(0.001, 1)))
    .addOption(new Option('--blur <px>', 'before edges are found (1.4 at 256 pixels)').argParser(numberFrom(0.1, 100)))
    .option('--json', 'one JSON object instead of sentences')
    .addHelpText('after', examples)
    .action((photographs: string, options: EdgesOptions) => make(photographs, options, context));
}
