/** `munit train`: its options, its request, its work. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Domain } from '@munit/core';
import { decodeText, visible } from '@munit/core/text';
import type { PresetName, ProgressMode, TrainEventListener, TrainingConfig, TrainingConfigInput } from '@munit/train';
import type { OtherImages } from '@munit/train/node';
import { type Command, Option } from 'commander';
import { renderError, UsageError } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import type { CliIo } from '../io.js';
import { parseOverrides } from '../overrides.js';
import { gather, memorySize, pathOf, wholeNumber } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';

/** What `munit train` is asked to do. */
export interface TrainRequest {
  /** Images: two folders or lists, or one set with trainA and trainB. */
  readonly data: { readonly a: string; readonly b: string } | { readonly set: string } | undefined;
  /** A YAML file of the published form. */
  readonly config: string | undefined;
  /** Name of the preset that the configuration starts from, such as `edges`, `cyclegan` or `quick`. */
  readonly preset: string | undefined;
  /** Options by their names in the YAML file, over what the file and the preset say. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Where a fresh run goes; with `resume`, the run to continue. */
  readonly out: string;
  /** Whether the run in `out` is continued rather than a new one begun. */
  readonly resume: boolean;
  /** Whether a run that `out` holds is deleted; otherwise it is an error to start a new one there. */
  readonly overwrite: boolean;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device, 1 to 1024; undefined leaves the choice to it. */
  readonly threads: number | undefined;
  /** The most that the device may take, in bytes; undefined leaves it what the device has. */
  readonly memory: number | undefined;
  /** Fail at the first image that cannot be read. */
  readonly strict: boolean;
  /** With `resume`, when the images are not those of the run. */
  readonly otherImages: OtherImages;
  /** Only print the resolved configuration. */
  readonly dryRun: boolean;
  /** Only make the run folder, with its checkpoint of step 0. */
  readonly prepare: boolean;
  /** How progress is shown on stderr; `auto` is a bar on a terminal and lines elsewhere. */
  readonly progress: ProgressMode;
}

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
  readonly memory?: number;
  readonly strict?: true;
  readonly newImages?: true;
  readonly dryRun?: true;
  readonly prepare?: true;
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
    throw new UsageError('--resume continues a run as it was configured.', 'Leave out --out, --overwrite, --config and --preset. --steps and --set may change its length and intervals; --data, or --a and --b, say where its images are now.');
  }
  if (resume && options.prepare === true) throw new UsageError('--prepare makes a new run, and --resume continues one.', 'Give one of them.');
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
    memory: options.memory,
    strict: options.strict === true,
    otherImages: options.newImages === true ? 'restart' : 'refuse',
    dryRun: options.dryRun === true,
    prepare: options.prepare === true,
    progress: options.progress,
  };
}

/** @throws UsageError when folders are named without --a and --b */
function refuseBareFolders(args: readonly string[]): void {
  const [a, b] = args;
  if (a === undefined) return;
  throw new UsageError(`'${a}' belongs to no option.`, b === undefined ? `If it holds trainA and trainB: munit train --data ${a}. Otherwise name both folders by --a and --b.` : `Name the folders by options: munit train --a ${a} --b ${b}.`);
}

const examples = `
Examples:
  munit train --a cats/ --b dogs/                           two folders, published settings, into runs/cats-dogs
  munit train --a edges/ --b shoes/ --preset edges --size 128 --steps 20000
  munit train --data cats2dogs/ --preset faces              a set with trainA, trainB, testA, testB
  munit train --config edges2handbags_folder.yaml           an official file as it is
  munit train --a cats/ --b dogs/ --set gen.dim=32 --set lr=3e-4 --dry-run
  munit train --resume runs/cats-dogs                       continues, bit for bit, after Ctrl-C or a crash

Watch:  open report.html of the run folder in a browser, or  tensorboard --logdir runs
Stop:   Ctrl-C saves and ends, and so does a terminal that closes.`;

/** Trains, or with `dryRun` only prints the configuration. The libraries are loaded when they are needed: help and mistakes answer at once. */
const train: Action<TrainRequest> = async (request, io, signal) => {
  if (request.dryRun) return dryRun(request, io);
  io.continueUnread?.();
  const [{ progressReporter }, { runTraining }] = await Promise.all([import('@munit/train'), import('@munit/train/node')]);
  const talks = request.progress !== 'json' && request.progress !== 'quiet';
  const report = progressReporter({ mode: request.progress, stream: io.stderr });
  const onEvent: TrainEventListener = (event) => {
    report(event);
    // By now everything was found, and the report is written.
    if (talks && event.kind === 'start') io.stderr.write(`Watch the run in ${visible(join(request.out, 'report.html'))}.\n`);
  };
  // Large networks take a while to make, and to load.
  if (talks) io.stderr.write('Preparing the images, the device and the networks.\n');
  const config = request.resume ? changesOf(request) : await configOf(request, (message) => onEvent({ kind: 'warning', message }));
  const outcome = await runTraining({
    folder: request.out,
    config,
    resume: request.resume,
    overwrite: request.overwrite,
    device: deviceNameOf(request.device),
    threads: request.threads,
    memory: request.memory,
    strict: request.strict,
    otherImages: request.otherImages,
    signal: request.prepare ? AbortSignal.abort() : signal,
    onEvent,
    command: ['munit', ...process.argv.slice(2)],
  });
  io.stdout.write(`${outcome.folder}\n`);
  if (outcome.reason === 'finished' || request.prepare) return exitCodes.ok;
  // The progress has said at which step, where there is any.
  io.stderr.write(`${request.progress === 'quiet' ? `Saved at step ${outcome.step}. ` : ''}Continue with:  munit train --resume ${visible(request.out)}\n`);
  return exitCodes.interrupted;
};

/** What the command line says over all else. */
const changesOf = ({ data, overrides }: TrainRequest): TrainingConfigInput => ({ ...imagesOf(data), ...overrides });

/** The configuration file, the preset and the command line, the later over the earlier. */
async function configOf(request: TrainRequest, onNotice: (message: string) => void): Promise<TrainingConfig> {
  const { parseConfig, resolveConfig } = await import('@munit/train');
  const overrides = changesOf(request);
  const preset = request.preset as PresetName | undefined;
  if (request.config === undefined) return resolveConfig(overrides, preset);
  const bytes = await readFile(request.config).catch((cause: unknown) => {
    throw new UsageError(`The configuration ${request.config} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, 'Check the path.');
  });
  const text = decodeText(bytes);
  if (text === undefined) {
    const { fileKindOf } = await import('@munit/images');
    const what = fileKindOf(bytes)?.what;
    throw new UsageError(`The configuration ${request.config} is ${what === undefined ? 'not a text file' : `${what}, not a YAML file`}.`, 'Give a YAML file.');
  }
  return parseConfig(text, overrides, preset, onNotice);
}

function imagesOf(data: TrainRequest['data']): TrainingConfigInput {
  if (data === undefined) return {};
  if ('set' in data) return { data_root: data.set };
  const named = (which: Domain, path: string): TrainingConfigInput =>
    isFile(path) ? { [`data_folder_train_${which}`]: dirname(path), [`data_list_train_${which}`]: path } : { [`data_folder_train_${which}`]: path };
  return { ...named('a', data.a), ...named('b', data.b) };
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Prints the configuration that would be trained with: of a run that is resumed, its own. */
async function dryRun(request: TrainRequest, io: CliIo): Promise<number> {
  const [{ planMemory }, { checkPlaces, configOfRun }, { stringify }] = await Promise.all([import('@munit/train'), import('@munit/train/node'), import('yaml')]);
  const config = request.resume ? await configOfRun(request.out, changesOf(request)) : await configOf(request, (message) => io.stderr.write(`${visible(message)}\n`));
  const device = deviceNameOf(request.device);
  const { recompute, estimate } = planMemory(config, device === 'auto' ? 'simd' : device, { memory: request.memory });
  const { weightsBytes, activationsBytes, totalBytes, filtersBytes, processBytes } = estimate;
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  io.stdout.write(stringify(config));
  io.stderr.write(`About ${mib(totalBytes)} of device memory: ${mib(weightsBytes)} weights and moments, ${mib(activationsBytes)} activations${recompute ? ' (networks are computed again in the backward pass)' : ''}. The process: up to ${mib(processBytes)} on the CPU, ${mib(filtersBytes)} of it transformed filters.\n`);
  // The configuration is what was asked for, and is the same where the images are not there yet.
  if (!request.resume) await checkPlaces(request.out, config).catch((error: unknown) => io.stderr.write(`Warning: this would not start. ${renderError(error).text.replace(/^munit: /, '')}`));
  return exitCodes.ok;
}

export function addTrain(program: Command, { io, setExitCode }: CommandContext, action: Action<TrainRequest> = train): void {
  const command = program
    .command('train')
    .description('train a model on two folders of unpaired images')
    .option('--a <path>', 'images of domain A: a folder (with all below it) or a list file', pathOf)
    .option('--b <path>', 'images of domain B', pathOf)
    .option('--data <folder>', 'a folder with trainA and trainB, and optionally testA and testB', pathOf)
    .option('--config <file>', 'a YAML file; the official ones load as they are', pathOf)
    .addOption(new Option('--preset <name>', 'a starting point').choices(['edges', 'scenes', 'faces', 'streets512', 'hd1024', 'animals', 'cyclegan', 'cyclegan-noise', 'bicyclegan', 'quick', 'modern', 'quick-cyclegan', 'quick-cyclegan-noise', 'quick-bicyclegan']))
    .addOption(new Option('--set <name=value>', 'any option by its name in the YAML file; may be repeated').argParser(gather))
    .addOption(new Option('--steps <n>', 'number of updates (max_iter)').argParser(wholeNumber(1)))
    .addOption(new Option('--batch <n>', 'images of each domain per update (batch_size)').argParser(wholeNumber(1)))
    .addOption(new Option('--size <px>', 'side that images are resized and cropped to').argParser(wholeNumber(16)))
    .addOption(new Option('--seed <n>', 'random seed').argParser(wholeNumber(0, 2 ** 32 - 1)))
    .option('--out <folder>', 'run folder (default: runs/ and the name of the data)', pathOf)
    .option('--resume <folder>', 'continue the run in this folder', pathOf)
    .option('--overwrite', 'delete the run that the folder holds')
    .option('--new-images', 'with --resume: continue although the images are others; their order starts over')
    .addOption(new Option('--memory <size>', 'limit for memory on the device, such as 3GiB; where it is short, slower steps that take less').argParser(memorySize))
    .option('--strict', 'stop at the first image that cannot be read');
  addDeviceOptions(command)
    .addOption(new Option('--progress <mode>', 'how to show progress').choices(['auto', 'bar', 'lines', 'json', 'quiet']).default('auto'))
    .option('--dry-run', 'print the resolved configuration and stop')
    .option('--prepare', 'only make the run folder and its first checkpoint, for munit export-run')
    .addHelpText('after', examples)
    // Two folders without their options are the first thing that people try: they are told what to write instead.
    .allowExcessArguments()
    .action(async (options: TrainOptions) => {
      refuseBareFolders(command.args);
      const request = trainRequest(options);
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
