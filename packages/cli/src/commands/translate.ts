/** `munit translate`: its options, its request, its work. */
import { extname } from 'node:path';
import type { Domain } from '@munit/core';
import { visible, visibleJson } from '@munit/core/text';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { loadTranslator, Shard, TranslateFilesOptions, TranslateFilesProgress, TranslateFilesResult } from '@munit/infer/node';
import { counter } from '../counter.js';
import { messageOf, UsageError } from '../errors.js';
import { exitCodeOf, exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import type { CliIo } from '../io.js';
import { shardChoice, type ShardChoice, shardOf } from '../shard.js';
import { checkpointName, given, pathOf, pathsOf, wholeNumber } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';
import { chooseModel, type ModelChoice } from '../modelChoice.js';

/** Transitions between two styles. */
export interface InterpolateRequest {
  /** Frames of the transition, 2 to 1000. */
  readonly count: number;
  /** The path between the style codes: a straight line (`lerp`), or an arc on which their length stays that of a normal sample (`slerp`). */
  readonly mode: 'lerp' | 'slerp';
}

/** What `munit translate` is asked to do. */
export interface TranslateRequest {
  /** A model folder, run folder, checkpoint of the published code, address or `hf:owner/name`. */
  readonly model: string;
  /** Of a run: `best`, `latest` or a step. Without it the model that the run left, or its newest checkpoint. */
  readonly checkpoint: string | undefined;
  /** Image files, and folders that are read with everything below them; at least one. */
  readonly inputs: readonly string[];
  /** The folder of the results; results of a folder keep its structure. */
  readonly out: string;
  /** The domain of the results; the inputs are images of the other one. */
  readonly to: Domain;
  /** Random styles per image, 1 to 10,000; undefined makes one. */
  readonly styles: number | undefined;
  /** What random styles are drawn from, 0 to 2³² − 1; each file's styles depend on this and its name alone. */
  readonly seed: number;
  /** Path of an image whose style all results get instead of random ones; with `interpolate`, the style at which the transition ends. */
  readonly example: string | undefined;
  /** A transition between two styles per image, instead of single results. */
  readonly interpolate: InterpolateRequest | undefined;
  /** Whether all images get the same random styles. */
  readonly synchronized: boolean;
  /** File format of the results: `png`, `jpg` or `webp` for single images; `webp`, `gif` or `mp4` for transitions, or `png` for one file per frame. */
  readonly format: 'png' | 'jpg' | 'webp' | 'gif' | 'mp4';
  /** Path of a PNG that shows the first inputs beside their results; undefined writes none. */
  readonly grid: string | undefined;
  /** Whether results that are already there are kept; otherwise all are made again. */
  readonly resume: boolean;
  /** Whether weights must be the file that `model.json` names, by SHA-256. */
  readonly verify: boolean;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device, 1 to 1024; undefined leaves the choice to it. */
  readonly threads: number | undefined;
  /** The most bytes that the work on one image may take on the device; a larger image is translated in bands, with the same result. */
  readonly memoryLimit: number | undefined;
  /** The part of the inputs that is translated, for `munit merge`; undefined for all. */
  readonly shard: Shard | undefined;
  /** Whether stdout gets one JSON object at the end instead of a summary. */
  readonly json: boolean;
}

interface TranslateOptions extends DeviceChoice {
  readonly checkpoint?: string;
  readonly to: Domain;
  readonly styles?: number;
  readonly seed: number;
  readonly example?: string;
  readonly interpolate?: number;
  readonly mode?: 'lerp' | 'slerp';
  readonly synchronized?: true;
  readonly format?: TranslateRequest['format'];
  readonly grid?: string;
  readonly out: string;
  readonly resume: boolean;
  readonly verify: boolean;
  readonly memory?: number;
  readonly shard?: ShardChoice;
  readonly json?: true;
}

function pngName(text: string): string {
  if (extname(text).toLowerCase() === '.png') return pathOf(text);
  throw new InvalidArgumentError('It is a PNG file: let its name end in .png.');
}

function interpolationOf({ interpolate: count, mode, styles }: TranslateOptions): TranslateRequest['interpolate'] {
  if (count === undefined) {
    if (mode !== undefined) throw new UsageError('--mode says how to interpolate.', 'Give --interpolate with the number of frames.');
    return undefined;
  }
  if (styles !== undefined) throw new UsageError('--interpolate and --styles do not go together.', 'Leave one of them out.');
  return { count, mode: mode ?? 'slerp' };
}

/** A transition moves, so that its file is one that can; frames and single pictures are PNG unless asked otherwise. */
function formatOf({ format }: TranslateOptions, moving: boolean): TranslateRequest['format'] {
  if (format === undefined) return moving ? 'webp' : 'png';
  if (moving && format === 'jpg') throw new UsageError('A transition cannot be a JPEG.', 'Use webp, gif or mp4, or png for one file per frame.');
  if (!moving && (format === 'gif' || format === 'mp4')) throw new UsageError(`Single pictures are not written as ${format.toUpperCase()}.`, 'Use png, jpg or webp.');
  return format;
}

/** The command line as a request. @throws UsageError when its parts contradict each other */
export function translateRequest(model: string, inputs: readonly string[], options: TranslateOptions): TranslateRequest {
  const { checkpoint, out, to, styles, seed, example, synchronized, grid, resume, verify, device, threads, memory, shard, json } = options;
  if (example !== undefined && styles !== undefined) throw new UsageError('--example is one style, and --styles asks for random ones.', 'Leave one of them out.');
  const interpolate = interpolationOf(options);
  return {
    model,
    checkpoint,
    inputs,
    out,
    to,
    styles,
    seed,
    example,
    interpolate,
    grid,
    resume,
    verify,
    device,
    threads,
    memoryLimit: memory === undefined ? undefined : memory * 2 ** 20,
    shard: shardOf(shard, process.env),
    synchronized: synchronized === true,
    format: formatOf(options, interpolate !== undefined),
    json: json === true,
  };
}

const examples = `
Examples:
  munit translate runs/edges-shoes drawing.png --styles 8           eight random shoes, into translated/
  munit translate runs/edges-shoes drawings/ --out shoes --styles 3 --grid shoes.png
  munit translate gen_01000000.pt drawings/ --example photo.jpg     all in the style of one photo
  munit translate hf:owner/edges2shoes drawing.png --interpolate 16 --format mp4
  munit translate runs/edges-shoes frames/ --synchronized           one style for all frames of a film
  munit translate runs/edges-shoes photos/ --to a                   the other way
  munit translate runs/edges-shoes drawings/ --shard 2/8            one of eight parts; then: munit merge translated

MODEL is a folder of "munit train" or "munit convert", a gen_*.pt of the published code, an address, or hf:owner/name.
Folders are taken with all below them, and the results keep their structure. Stopped, or run again after more files have come,
the same command does only what is left. An image too large for the device goes through in bands, with the same result. A file's random styles hang on --seed and its name, so they do not change with the others.
A transition goes from one random style to another and back; with --example, to that of the photo.`;

type Translator = Awaited<ReturnType<typeof loadTranslator>>;

/** Translates; the library is loaded when it is needed. */
const translate: Action<TranslateRequest> = async (request, io, signal) => {
  const { translateFiles } = await import('@munit/infer/node');
  const { stderr } = io;
  const chosen = await chooseModel(request.model, request.checkpoint);
  const translator = await load(chosen, request, io, signal);
  try {
    stderr.write(`Model: ${visible(chosen.name)}; device: ${visible(translator.device.description)}\n`);
    const work = counter(stderr, 'Translated');
    const result = await translateFiles({ ...(await filesOptions(translator, request, signal)), onProgress: reporter(io, work) }).catch((error: unknown) => {
      work.clear();
      if (signal.aborted) stderr.write('What is done is kept. The same command continues with the rest.\n');
      throw error;
    });
    work.clear();
    return report(result, request, translator, chosen, io);
  } finally {
    translator.dispose();
  }
};

async function load({ source }: ModelChoice, request: TranslateRequest, { stderr }: CliIo, signal: AbortSignal): Promise<Translator> {
  const infer = await import('@munit/infer/node');
  const loading = counter(stderr, 'Loading the model: MB');
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  try {
    return await infer.loadTranslator(source, {
      device: deviceNameOf(request.device),
      verify: request.verify,
      signal,
      onProgress(progress) {
        if (progress.kind === 'download' && progress.total !== undefined) loading.show(megabytes(progress.loaded), megabytes(progress.total));
      },
      ...given({ threads: request.threads, memoryLimit: request.memoryLimit }),
    });
  } finally {
    loading.clear();
  }
}

async function filesOptions(translator: Translator, request: TranslateRequest, signal: AbortSignal): Promise<TranslateFilesOptions> {
  const { inputs, out, to, styles, seed, example, interpolate, synchronized, format, grid, resume, shard } = request;
  const common = { translator, inputs, out, to, seed, synchronized, resume, signal, ...given({ gridPath: grid, shard }) };
  if (interpolate === undefined) {
    if (format === 'gif' || format === 'mp4') throw new UsageError('Single images are not films.', 'Use png, jpg or webp.');
    return { ...common, format, ...given({ styles, example }) };
  }
  if (format === 'jpg') throw new UsageError('A transition cannot be a JPEG.', 'Use webp, gif or mp4, or png for one file per frame.');
  const end = example === undefined ? undefined : await translator.styleOf(example, { domain: to, signal });
  return { ...common, interpolate: { ...interpolate, format, ...given({ end }) } };
}

function reporter({ stderr }: CliIo, work: ReturnType<typeof counter>): (progress: TranslateFilesProgress) => void {
  return (progress) => {
    if (progress.kind === 'grid') return;
    if (progress.kind === 'failed') {
      work.clear();
      stderr.write(`Not translated: ${visible(progress.input)}: ${messageOf(progress.error)}\n`);
    }
    work.show(progress.done, progress.total, progress.kind === 'band' ? `; ${visible(progress.input)}: band ${progress.band} of ${progress.bands}` : '');
  };
}

function report(result: TranslateFilesResult, request: TranslateRequest, translator: Translator, { name }: ModelChoice, { stdout }: CliIo): number {
  const { translated, skipped, failed, outputs } = result;
  const { out, grid, json } = request;
  if (json) {
    const failures = failed.map(({ input, error }) => ({ input, code: error.code, message: messageOf(error) }));
    const device = translator.device.taken;
    stdout.write(`${visibleJson({ model: name, device, out, grid: grid ?? null, translated, skipped, failed: failures, outputs })}\n`);
  } else {
    const parts = [`${translated} translated`, ...(skipped === 0 ? [] : [`${skipped} already there`]), ...(failed.length === 0 ? [] : [`${failed.length} failed`])];
    stdout.write(`${parts.join(', ')}: ${out}${grid === undefined || outputs.length === 0 ? '' : `, ${grid}`}\n`);
  }
  const codes = new Set(failed.map(({ error }) => exitCodeOf(error.code)));
  return codes.size === 0 ? exitCodes.ok : codes.size === 1 ? [...codes][0]! : exitCodes.data;
}

export function addTranslate(program: Command, { io, setExitCode }: CommandContext, action: Action<TranslateRequest> = translate): void {
  const command = program
    .command('translate')
    .argument('<model>', '', pathOf)
    .argument('<input...>', '', pathsOf)
    .description('turn images, or folders of them, into images of the other domain')
    .addOption(new Option('--out <folder>', 'where the results go').argParser(pathOf).default('translated'))
    .addOption(new Option('--to <domain>', 'the domain of the results').choices(['a', 'b']).default('b'))
    .addOption(new Option('--styles <n>', 'random styles of each image (1)').argParser(wholeNumber(1, 10_000)))
    .addOption(new Option('--seed <n>', 'what random styles are drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)).default(1))
    .option('--example <image>', 'take the style of this image', pathOf)
    .option('--synchronized', 'the same random styles for all images')
    .addOption(new Option('--interpolate <n>', 'a transition between two styles, in so many frames').argParser(wholeNumber(2, 1000)))
    .addOption(new Option('--mode <how>', 'the way between the styles (slerp)').choices(['lerp', 'slerp']))
    .addOption(new Option('--format <name>', 'png, jpg or webp; of transitions webp, gif, mp4, or png for one file per frame').choices(['png', 'jpg', 'webp', 'gif', 'mp4']))
    .addOption(new Option('--grid <file>', 'also a picture of the first inputs and their results').argParser(pngName))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--no-resume', 'translate everything again, also what is already there')
    .option('--no-verify', 'take weights that are not the file that model.json names');
  addDeviceOptions(command)
    .addOption(new Option('--memory <MiB>', 'what one image may take on the device; a larger one goes in bands').argParser(wholeNumber(1)))
    .addOption(new Option('--shard <i/n>', "this part of the inputs only, for \"munit merge\"; by default what Slurm or Kubernetes has set; 'rank' takes RANK and WORLD_SIZE, 'none' all").argParser(shardChoice))
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', examples)
    .action(async (model: string, inputs: string[], options: TranslateOptions) => {
      const request = translateRequest(model, inputs, options);
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
