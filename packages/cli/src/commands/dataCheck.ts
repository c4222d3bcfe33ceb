import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { visibleJson } from '@munit/core/text';
import { type Command, Option } from 'commander';
import type { DomainSpec } from '@munit/data/node';
import { counter } from '../counter.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';

interface CheckOptions {
  readonly minSide: number;
  readonly limit: number;
  readonly root?: string;
  readonly strict?: true;
  readonly json?: true;
}

/** A text file is a list of images, anything else a folder (which `checkData` itself finds missing). */
async function targetOf(path: string, root: string | undefined): Promise<string | DomainSpec> {
  const isFile = await stat(path).then((found) => found.isFile(), () => false);
  return isFile ? { kind: 'list', list: path, root: resolve(root ?? dirname(path)) } : path;
}

async function check(path: string, options: CheckOptions, { io, setExitCode }: CommandContext): Promise<void> {
  const { checkData, formatReport } = await import('@munit/data/node');
  const { show, clear } = counter(io.stderr, 'Checked');
  const report = await withInterrupt(io, async (signal) =>
    checkData(await targetOf(path, options.root), { minSide: options.minSide, signal, onProgress: ({ done, files }) => show(done, files) }),
  ).finally(clear);
  io.stdout.write(options.json === true ? `${visibleJson(report)}\n` : formatReport(report, { limit: options.limit }));
  if (!report.ok || (options.strict === true && report.problems.length > 0)) setExitCode(exitCodes.data);
}

const examples = `
Examples:
  munit data check photos/                 one domain
  munit data check cats2dogs/              a set with trainA, trainB, testA, testB
  munit data check list.txt --root photos  the images that a list names
  munit data check photos/ --json | jq '.domains[0].broken'

Exits with 3 when the data cannot be used as they are.`;

export function addDataCheck(data: Command, context: CommandContext): void {
  data
    .command('check')
    .argument('<path>', '', pathOf)
    .description('read every image and report counts, sizes, channels, broken and blank files')
    .addOption(new Option('--min-side <px>', 'name images with a shorter side below this').argParser(wholeNumber(1)).default(64))
    .addOption(new Option('--limit <n>', 'most names to print of a kind').argParser(wholeNumber(1)).default(10))
    .option('--root <folder>', 'what the paths of a list are relative to (its own folder)', pathOf)
    .option('--strict', 'fail on warnings, too')
    .option('--json', 'the whole report as one JSON object')
    .addHelpText('after', examples)
    .action((path: string, options: CheckOptions) => check(path, options, context));
}
