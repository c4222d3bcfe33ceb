import { type Command, Option } from 'commander';
import { counter } from '../counter.js';
import { withInterrupt } from '../interrupt.js';
import { numberFrom, pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { refuseUsedFolder } from './usedFolder.js';

interface AnimalsOptions {
  readonly size: number;
  readonly count: number;
  readonly test?: number;
  readonly seed: number;
  readonly vary: number;
  readonly paired?: true;
  readonly json?: true;
}

async function make(folder: string, options: AnimalsOptions, { io }: CommandContext): Promise<void> {
  await refuseUsedFolder(folder);
  const { writeAnimalSet } = await import('@munit/data/node');
  const { size, count, test, seed, vary } = options;
  const { show, clear } = counter(io.stderr, 'Drawn');
  const start = performance.now();
  await withInterrupt(io, async (signal) =>
    writeAnimalSet(folder, {
      size, count, seed, vary, signal, paired: options.paired === true, testCount: test,
      onProgress: ({ done, pictures }) => show(done, pictures),
    }),
  ).finally(clear);
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  if (options.json === true) io.stdout.write(`${JSON.stringify({ folder, size, count, seed, vary, seconds })}\n`);
  else {
    io.stdout.write(`${folder}: ${count} pictures per domain of ${size}×${size} pixels, with truth.json and LICENSE.txt, in ${seconds} s.\n`);
    io.stdout.write(`Train on it:  munit train --data ${folder} --preset animals\n`);
  }
}

const examples = `
Animal faces, drawn by a designer (animal-avatar-generator, MIT): line drawings (A) and the same kinds of face in colour (B), in one of
12 coats. No animal of trainA is planned to be in trainB; testA and testB show the same ones. What each picture shows is written to
truth.json, the drawings' licence to LICENSE.txt. The same options give the same files. Needs: npm install animal-avatar-generator sharp

Examples:
  munit data animals animals/
  munit data animals animals/ --size 128 --count 5000 --vary 0.4`;

export function addDataAnimals(data: Command, context: CommandContext): void {
  data
    .command('animals')
    .argument('<folder>', '', pathOf)
    .description('draw animal faces, in lines and in colour: a set that anyone may use and share')
    .addOption(new Option('--size <px>', 'side of the pictures, 16 to 512').argParser(wholeNumber(16, 512)).default(64))
    .addOption(new Option('--count <n>', 'training pictures per domain').argParser(wholeNumber(1)).default(2000))
    .addOption(new Option('--test <n>', 'test pictures per domain (a tenth, at least 16)').argParser(wholeNumber(1)))
    .addOption(new Option('--seed <n>', 'what the animals are drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .addOption(new Option('--vary <share>', 'turn, scale and shift the faces and vary the lines, 0 to 1').argParser(numberFrom(0, 1)).default(0))
    .option('--paired', 'both domains show the same animals in training, too')
    .option('--json', 'one JSON object instead of sentences')
    .addHelpText('after', examples)
    .action((folder: string, options: AnimalsOptions) => make(folder, options, context));
}
