/** `munit translate`: its options, its request, its work. */
import { extname } from 'node:path';
import type { Domain } from '@munit/core';
import { visible, visibleJson } from '@munit/core/text';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { loadTranslator, TranslateFilesOptions, TranslateFilesProgress, TranslateFilesResult } from '@munit/infer/node';
import { counter } from '../counter.js';
import { messageOf, UsageError } from '../errors.js';
import { exitCodeOf, exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import type { CliIo } from '../io.js';
import { shardChoice, type ShardChoice, shardOf } from '../shard.js';
import { checkpointName, given, memorySize, pathOf, pathsOf, wholeNumber } from '../values.js';
import type { Action, CommandContext } from './context.js';
import type { TranslateRequest } from './translateRequest.js';
import { checkFilmRequest, checkNoFilms, isFilmName, runFilm, USUAL_WINDOW } from './film.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';
import { chooseModel, type ModelChoice } from '../modelChoice.js';

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
  readonly stabilise?: number;
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
  const { checkpoint, out, stabilise, to, styles, seed, example, synchronized, grid, resume, verify, device, threads, memory, shard, json } = options;
  if (example !== undefined && styles !== undefined) throw new UsageError('--example is one style, and --styles asks for random ones.', 'Leave one of them out.');
  const interpolate = interpolationOf(options);
  const film = isFilmName(out);
  const request: TranslateRequest = {
    model,
    checkpoint,
    inputs,
    out,
    film,
    stabilise,
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
    memoryLimit: memory,
    shard: shardOf(shard, process.env),
    synchronized: synchronized === true,
    format: film ? 'mp4' : formatOf(options, interpolate !== undefined),
    json: json === true,
  };
  return checkFilmRequest(request, options.format);
}

const examples = `
Examples:
  munit translate runs/edges-shoes drawing.png --styles 8           eight random shoes, into translated/
  munit translate runs/edges-shoes drawings/ --out shoes --styles 3 --grid shoes.png
  munit translate gen_01000000.pt drawings/ --example photo.jpg     all in the style of one photo
  munit translate hf:owner/edges2shoes drawing.png --interpolate 16 --format mp4
  munit translate runs/edges-shoes film.mp4 --out out.mp4 --stabilise   a film in one style, with its sound
  munit translate runs/edges-shoes frames/ --synchronized           one style for the frames of a film as images
  munit translate runs/edges-shoes photos/ --to a                   the other way
  munit translate runs/edges-shoes drawings/ --shard 2/8            one of eight parts; then: munit merge translated

MODEL is a folder of "munit train" or "munit convert", a gen_*.pt of the published code, an address, or hf:owner/name.
Folders are searched recursively, and the results keep their structure. After a stop, or when files were added,
the same command does only what is left. An image too large for the device is processed in bands, with the same result. A file's random styles depend only on --seed and its name, not on the other files.
A transition goes from one random style to another and back; with --example, to that of the photo.
Films need the packages mediabunny and @mediabunny/server: npm install mediabunny @mediabunny/server.`;

type Translator = Awaited<ReturnType<typeof loadTranslator>>;

/** Translates; the library is loaded when it is needed. */
const translate: Action<TranslateRequest> = async (request, io, signal) => {
  const { translateFiles } = await import('@munit/infer/node');
  const { stderr } = io;
  if (!request.film) await checkNoFilms(request.inputs);
  const chosen = await chooseModel(request.model, request.checkpoint);
  const translator = await load(chosen, request, io, signal);
  try {
    stderr.write(`Model: ${visible(chosen.name)}; device: ${visible(translator.device.description)}\n`);
    if (request.film) return await runFilm(translator, request, chosen, io, signal);
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
    const parts = [`${translated} ${translated === 1 ? 'image' : 'images'} translated`, ...(skipped === 0 ? [] : [`${skipped} already there`]), ...(failed.length === 0 ? [] : [`${failed.length} failed`])];
    const where = outputs.length === 0 ? '' : ` Results: ${out}${grid === undefined ? '' : `, ${grid}`}`;
    stdout.write(`${parts.join(', ')}.${where}\n`);
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
    .addOption(new Option('--out <folder>', 'the folder of the results; of a film its file, such as out.mp4, .mov, .mkv or .webm').argParser(pathOf).default('translated'))
    .addOption(new Option('--to <domain>', 'the domain of the results').choices(['a', 'b']).default('b'))
    .addOption(new Option('--styles <n>', 'random styles of each image (1)').argParser(wholeNumber(1, 10_000)))
    .addOption(new Option('--seed <n>', 'seed of the random styles').argParser(wholeNumber(0, 2 ** 32 - 1)).default(1))
    .option('--example <image>', 'take the style of this image', pathOf)
    .option('--synchronized', 'use the same random styles for all images')
    .addOption(new Option('--stabilise [frames]', `of a film: average statistics over this many frames, to reduce flicker (${USUAL_WINDOW})`).argParser(wholeNumber(1, 1000)).preset(USUAL_WINDOW))
    .addOption(new Option('--interpolate <n>', 'a transition between two styles, in this many frames').argParser(wholeNumber(2, 1000)))
    .addOption(new Option('--mode <how>', 'the way between the styles (slerp)').choices(['lerp', 'slerp']))
    .addOption(new Option('--format <name>', 'png, jpg or webp; of transitions webp, gif, mp4, or png for one file per frame').choices(['png', 'jpg', 'webp', 'gif', 'mp4']))
    .addOption(new Option('--grid <file>', 'also save a picture of the first inputs and their results').argParser(pngName))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--no-resume', 'translate everything again, even what is already there')
    .option('--no-verify', 'accept weights that differ from the file named in model.json');
  addDeviceOptions(command)
    .addOption(new Option('--memory <size>', 'what one image may take on the device, such as 800MiB; a larger one goes in bands').argParser(memorySize))
    .addOption(new Option('--shard <i/n>', "this part of the inputs only, for \"munit merge\"; by default what Slurm or Kubernetes has set; 'rank' takes RANK and WORLD_SIZE, 'none' all").argParser(shardChoice))
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', examples)
    .action(async (model: string, inputs: string[], options: TranslateOptions) => {
      const request = translateRequest(model, inputs, options);
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
