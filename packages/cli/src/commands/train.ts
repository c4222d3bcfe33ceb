import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { ProgressMode } from '@munit/train';
import type { Action, TrainRequest } from '../actions.js';
import { UsageError } from '../errors.js';
import { withInterrupt } from '../interrupt.js';
import { parseOverrides } from '../overrides.js';
import { gather, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice } from './deviceOptions.js';

interface TrainOptions extends DeviceChoice {
  readonly a?: string;
  readonly b?: string;
  readonly data?: string;
  readonly config?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly steps?: number;
  readonly batch?: number;
  readonly size?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly overwrite?: true;
  readonly strict?: true;
  readonly dryRun?: true;
  readonly progress: ProgressMode;
}

const plainName = (path: string): string => basename(path.replace(/[\\/]+$/, '')).replace(/\.\w+$/, '');

function dataOf({ a, b, data }: TrainOptions): TrainRequest['data'] {
  if (data !== undefined && (a !== undefined || b !== undefined)) {
    throw new UsageError('--data and --a, --b name the images twice.', 'Give either one set (--data) or two folders (--a and --b).');
  }
  if (data !== undefined) return { set: data };
  if (a === undefined && b === undefined) return undefined;
  if (a === undefined || b === undefined) {
    throw new UsageError(`Images of domain ${a === undefined ? 'A' : 'B'} are missing.`, 'Give both --a and --b.');
  }
  return { a, b };
}

/** `runs/cats-dogs` for `--a cats --b dogs`. */
function folderOf(options: TrainOptions, data: TrainRequest['data']): string {
  if (options.out !== undefined) return options.out;
  if (data === undefined) return join('runs', options.config === undefined ? 'run' : plainName(options.config));
  return join('runs', 'set' in data ? plainName(data.set) : `${plainName(data.a)}-${plainName(data.b)}`);
}

/** The options that have a name of their own on the command line, by their names in the YAML file. */
function shorthands({ steps, batch, size, seed }: TrainOptions): Record<string, unknown> {
  return {
    ...(steps === undefined ? {} : { max_iter: steps }),
    ...(batch === undefined ? {} : { batch_size: batch }),
    ...(size === undefined ? {} : { new_size: size, crop_image_height: size, crop_image_width: size }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** The command line as a request. @throws UsageError when its parts contradict each other */
export function trainRequest(options: TrainOptions): TrainRequest {
  const data = dataOf(options);
  const resume = options.resume !== undefined;
  if (resume && (options.out !== undefined || options.overwrite === true || options.config !== undefined || options.preset !== undefined)) {
    throw new UsageError('--resume goes on with a run as it was configured.', 'Leave out --out, --overwrite, --config and --preset; --steps and --set may change what comes.');
  }
  if (!resume && data === undefined && options.config === undefined) {
    throw new UsageError('No images are given.', 'Give --a and --b, or --data, or a --config that names them, or --resume.');
  }
  return {
    data,
    config: options.config,
    preset: options.preset,
    overrides: { ...parseOverrides(options.set ?? []), ...shorthands(options) },
    out: options.resume ?? folderOf(options, data),
    resume,
    overwrite: options.overwrite === true,
    device: options.device,
    threads: options.threads,
    strict: options.strict === true,
    dryRun: options.dryRun === true,
    progress: options.progress,
  };
}

const examples = `
Examples:
  munit train --a cats/ --b dogs/                           two folders, published settings, into runs/cats-dogs
  munit train --a edges/ --b shoes/ --preset edges --size 128 --steps 20000
  munit train --data cats2dogs/ --preset faces              a set with trainA, trainB, testA, testB
  munit train --config edges2handbags_folder.yaml           an official file as it is
  munit train --a cats/ --b dogs/ --set gen.dim=32 --set lr=3e-4 --dry-run
  munit train --resume runs/cats-dogs                       goes on, bit for bit, after Ctrl-C or a crash

Watch:  open report.html of the run folder in a browser, or  tensorboard --logdir runs
Stop:   Ctrl-C saves and ends.`;

export function addTrain(program: Command, action: Action<TrainRequest>, { io, setExitCode }: CommandContext): void {
  const command = program
    .command('train')
    .description('train a model on two folders of unpaired images')
    .option('--a <path>', 'images of domain A: a folder (with all below it) or a list file')
    .option('--b <path>', 'images of domain B')
    .option('--data <folder>', 'a set with trainA, trainB and perhaps testA, testB')
    .option('--config <file>', 'a YAML file; the official ones load as they are')
    .addOption(new Option('--preset <name>', 'a starting point').choices(['edges', 'scenes', 'faces', 'quick']))
    .addOption(new Option('--set <name=value>', 'any option by its name in the YAML file; may be repeated').argParser(gather))
    .addOption(new Option('--steps <n>', 'updates to make (max_iter)').argParser(wholeNumber(1)))
    .addOption(new Option('--batch <n>', 'images of each domain per update (batch_size)').argParser(wholeNumber(1)))
    .addOption(new Option('--size <px>', 'images are resized and cropped to this').argParser(wholeNumber(16)))
    .addOption(new Option('--seed <n>', 'what all randomness is drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)))
    .option('--out <folder>', 'run folder (runs/ and the name of the data)')
    .option('--resume <folder>', 'go on with the run in this folder')
    .option('--overwrite', 'delete the run that the folder holds')
    .option('--strict', 'stop at the first image that cannot be read');
  addDeviceOptions(command)
    .addOption(new Option('--progress <mode>', 'how to tell what happens').choices(['auto', 'bar', 'lines', 'json', 'quiet']).default('auto'))
    .option('--dry-run', 'print the resolved configuration and stop')
    .addHelpText('after', examples)
    .action(async (options: TrainOptions) => {
      const request = trainRequest(options);
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
