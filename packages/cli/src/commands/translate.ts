import { extname } from 'node:path';
import type { Domain } from '@munit/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Action, TranslateRequest } from '../actions.js';
import { UsageError } from '../errors.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice } from './deviceOptions.js';

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
  readonly memory?: number;
  readonly json?: true;
}

function pngName(text: string): string {
  if (extname(text).toLowerCase() === '.png') return text;
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
  const { checkpoint, out, to, styles, seed, example, synchronized, grid, resume, device, threads, memory, json } = options;
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
    device,
    threads,
    memoryLimit: memory === undefined ? undefined : memory * 2 ** 20,
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

MODEL is a folder of "munit train" or "munit convert", a gen_*.pt of the published code, an address, or hf:owner/name.
Folders are taken with all below them, and the results keep their structure. Stopped, or run again after more files have come,
the same command does only what is left. An image too large for the device goes through in bands, with the same result. A file's random styles hang on --seed and its name, so they do not change with the others.
A transition goes from one random style to another and back; with --example, to that of the photo.`;

export function addTranslate(program: Command, action: Action<TranslateRequest>, { io, setExitCode }: CommandContext): void {
  const command = program
    .command('translate <model> <input...>')
    .description('turn images, or folders of them, into images of the other domain')
    .option('--out <folder>', 'where the results go', 'translated')
    .addOption(new Option('--to <domain>', 'the domain of the results').choices(['a', 'b']).default('b'))
    .addOption(new Option('--styles <n>', 'random styles of each image (1)').argParser(wholeNumber(1, 10_000)))
    .addOption(new Option('--seed <n>', 'what random styles are drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)).default(1))
    .option('--example <image>', 'take the style of this image')
    .option('--synchronized', 'the same random styles for all images')
    .addOption(new Option('--interpolate <n>', 'a transition between two styles, in so many frames').argParser(wholeNumber(2, 1000)))
    .addOption(new Option('--mode <how>', 'the way between the styles (slerp)').choices(['lerp', 'slerp']))
    .addOption(new Option('--format <name>', 'png, jpg or webp; of transitions webp, gif, mp4, or png for one file per frame').choices(['png', 'jpg', 'webp', 'gif', 'mp4']))
    .addOption(new Option('--grid <file>', 'also a picture of the first inputs and their results').argParser(pngName))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--no-resume', 'make again what is already there');
  addDeviceOptions(command)
    .addOption(new Option('--memory <MiB>', 'what one image may take on the device; a larger one goes in bands').argParser(wholeNumber(1)))
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', examples)
    .action(async (model: string, inputs: string[], options: TranslateOptions) => {
      const request = translateRequest(model, inputs, options);
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
