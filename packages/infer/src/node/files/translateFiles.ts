/** Folders in, folders out. */
import { dirname, join, resolve } from 'node:path';
import { AbortedError, ArgumentError, DeviceLostError, type Domain, MunitError } from '@munit/core';
import { removeLeftovers } from '@munit/formats/node';
import { encodeImage } from '@munit/images/node';
import { checkQuality } from '../../images/picture.js';
import type { ImageInput } from '../../images/read.js';
import { checkCount, type InterpolationMode, type StyleCode } from '../../styles.js';
import { checkAborted, checkStyleOptions } from '../../translator/schedule.js';
import type { TranslateOptions, TranslateProgress } from '../../translator/types.js';
import type { Translator } from '../../translator/translator.js';
import type { FilePicture } from '../picture.js';
import { encodeAnimation, thereAndBack } from './frames.js';
import { renderGrid } from './grid.js';
import { type Input, listInputs } from './list.js';
import { isWhole, outputPaths, seedOf, writeOutput } from './outputs.js';
import { agreeOnSettings } from './settings.js';

/** Where the work is: `done` inputs of `total`. */
export type TranslateFilesProgress =
  | { readonly kind: 'translated' | 'skipped'; readonly input: string; readonly outputs: readonly string[]; readonly done: number; readonly total: number }
  /** Within an image that does not fit at once: `band` of `bands` are done. */
  | { readonly kind: 'band'; readonly input: string; readonly band: number; readonly bands: number; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly input: string; readonly error: MunitError; readonly done: number; readonly total: number }
  | { readonly kind: 'grid'; readonly output: string };

/** A transition between two styles for each input, in place of single styles. */
export interface InterpolateFilesOptions {
  /** Frames from one style to the other, both included. Default 16. */
  readonly count?: number;
  /** Default `slerp`, which keeps the length that random codes have. */
  readonly mode?: InterpolationMode;
  /** The first style. Default: random, by `seed`. */
  readonly start?: StyleCode;
  /** The last style. Default: random, by `seed`. */
  readonly end?: StyleCode;
  /** `png`: one file per frame. `webp`, `gif`, `mp4`: one animation, there and back. Default `webp`. */
  readonly format?: 'png' | 'webp' | 'gif' | 'mp4';
  /** Of an animation. Default 100. */
  readonly delayMs?: number;
}

/** What `translateFiles` reads, where it writes, and in which styles. */
export interface TranslateFilesOptions {
  /** The model in use, of `loadTranslator` or `createTranslator` of `@munit/infer/node`. */
  readonly translator: Translator<FilePicture>;
  /** Image files and folders. */
  readonly inputs: readonly string[];
  /** The folder of results; made when it is not there. */
  readonly out: string;
  /** Domain of the results. Default `b`. */
  readonly to?: Domain;
  /** The number of random styles, or the style codes themselves. Default 1. */
  readonly styles?: number | readonly StyleCode[];
  /** An image of the domain `to` whose style all results take. */
  readonly example?: ImageInput;
  /** Default 1. */
  readonly seed?: number;
  /** The same random styles for all files. Default false. */
  readonly synchronized?: boolean;
  /** Transitions between two styles in place of single styles. */
  readonly interpolate?: InterpolateFilesOptions;
  /** Write `grid.png` of the first inputs with their results. Default false. */
  readonly grid?: boolean;
  /** Where that picture goes, a PNG. Default: `grid.png` in `out`; given, `grid` need not be. */
  readonly gridPath?: string;
  /** Default `png`. */
  readonly format?: 'png' | 'jpg' | 'webp';
  /** 0 to 1, for JPEG and WebP. */
  readonly quality?: number;
  /** Leave results alone that are there, whole, and made with these settings. Default true. */
  readonly resume?: boolean;
  /** Which model it is, for telling its results from another's. */
  readonly label?: string;
  /** Called after each input and each band of a large one, and when the grid is written. */
  readonly onProgress?: (progress: TranslateFilesProgress) => void;
  /** Stops the work with an `AbortedError`; finished results stay, and a later call continues after them. */
  readonly signal?: AbortSignal;
}

/** What became of the inputs. */
export interface TranslateFilesResult {
  /** The number of inputs translated in this call. */
  readonly translated: number;
  /** The number of inputs whose results were there already. */
  readonly skipped: number;
  /** Inputs that could not be translated, and why; the others were. */
  readonly failed: readonly { readonly input: string; readonly error: MunitError }[];
  /** Paths of the results of all inputs but the failed ones, in the order of the inputs. */
  readonly outputs: readonly string[];
}

/** Inputs in the grid, and results of each. */
const GRID_ROWS = 12;
const GRID_STYLES = 12;

/** Everything that shapes the results, as JSON. */
function settingsOf(options: TranslateFilesOptions, examples: readonly number[] | undefined): Record<string, unknown> {
  const { translator, to = 'b', styles = 1, seed = 1, synchronized = false, interpolate, format = 'png', quality, label } = options;
  const numbers = (style: StyleCode | undefined): number[] | undefined => (style === undefined ? undefined : [...style]);
  return {
    version: 1,
    label,
    architecture: translator.architecture,
    to,
    styles: typeof styles === 'number' ? styles : styles.map(numbers),
    example: examples,
    seed,
    synchronized,
    format,
    quality,
    interpolate: interpolate === undefined ? undefined : { ...interpolate, start: numbers(interpolate.start), end: numbers(interpolate.end) },
  };
}

/** One input's results: their paths, and how to make them. */
interface Job {
  readonly input: Input;
  readonly paths: readonly string[];
  make(onProgress: (progress: TranslateProgress) => void): Promise<readonly Uint8Array[]>;
}

function jobOf(input: Input, options: TranslateFilesOptions, example: Float32Array | undefined): Job {
  const { translator, out, to = 'b', seed = 1, synchronized = false, interpolate, signal, format = 'png' } = options;
  const own = synchronized ? seed : seedOf(seed, input.name);
  if (interpolate !== undefined) return interpolationJob(input, options, interpolate, own);
  const given = options.styles ?? 1;
  const styles = translator.styleDim === 0 ? 1 : example === undefined ? given : [example];
  const paths = outputPaths(out, input.stem, typeof styles === 'number' ? styles : styles.length, format);
  const type = format === 'jpg' ? 'image/jpeg' : (`image/${format}` as const);
  return {
    input,
    paths,
    async make(onProgress) {
      const pictures: FilePicture[] =
        translator.styleDim === 0
          ? [await translator.translate(input.path, { to, signal, onProgress })]
          : await translator.translate(input.path, { to, styles, seed: own, signal, onProgress });
      return Promise.all(pictures.map((picture) => encodeImage(picture, type, checkQuality(options.quality))));
    },
  };
}

function interpolationJob(input: Input, options: TranslateFilesOptions, interpolate: InterpolateFilesOptions, seed: number): Job {
  const { translator, out, to = 'b', signal } = options;
  const { count = 16, format = 'webp', delayMs = 100, ...rest } = interpolate;
  const frames = (onProgress: (progress: TranslateProgress) => void): Promise<FilePicture[]> => translator.interpolate(input.path, { to, count, seed, signal, onProgress, ...rest });
  if (format === 'png') {
    return {
      input,
      paths: outputPaths(join(out, input.stem), 'frame', checkCount('count', count), 'png'),
      make: async (onProgress) => Promise.all((await frames(onProgress)).map((frame) => encodeImage(frame, 'image/png', 1))),
    };
  }
  return { input, paths: [join(out, `${input.stem}.${format}`)], make: async (onProgress) => [await encodeAnimation(thereAndBack(await frames(onProgress)), format, delayMs)] };
}

/** @throws ArgumentError when a result would take the place of an input */
function checkApart(jobs: readonly Job[], grid: readonly string[]): void {
  const taken = new Set(jobs.map(({ input }) => resolve(input.path)));
  const path = [...jobs.flatMap(({ paths }) => paths), ...grid].find((path) => taken.has(resolve(path)));
  if (path !== undefined) throw new ArgumentError(`The result ${path} would replace an input.`, { remedy: 'Give another folder for the results.' });
}

/** What ends the whole work, and not only that of one input. */
const isFatal = (error: unknown): boolean => !(error instanceof MunitError) || error instanceof AbortedError || error instanceof DeviceLostError;

async function runJob(job: Job, resume: boolean, onProgress: (progress: TranslateProgress) => void): Promise<'translated' | 'skipped'> {
  if (resume && (await Promise.all(job.paths.map(isWhole))).every(Boolean)) return 'skipped';
  const files = await job.make(onProgress);
  for (const [i, bytes] of files.entries()) await writeOutput(job.paths[i]!, bytes);
  return 'translated';
}

/**
 * Translates image files and folders of them, one after the other, so that memory stays flat whatever their number and sizes.
 * Results are written whole or not at all; when started again, the work continues where it stopped. A file that cannot be
 * translated is reported and skipped. Random styles depend on the seed and a file's name, not on the other files.
 * @throws DataError when nothing is found or `out` cannot be written; ArgumentError when `out` holds results of other settings; AbortedError
 */
export async function translateFiles(options: TranslateFilesOptions): Promise<TranslateFilesResult> {
  const { translator, inputs, out, resume = true, onProgress, signal, interpolate } = options;
  checkStyleOptions({ styles: options.styles, example: options.example } as TranslateOptions, translator.styleDim);
  if (interpolate !== undefined && translator.styleDim === 0) throw new ArgumentError('This is a UNIT model, which has no styles to interpolate.', { remedy: { id: 'leave-out', option: 'interpolate', text: 'Leave out interpolate.' } });
  const list = await listInputs(inputs, out);
  const example = options.example === undefined ? undefined : await translator.styleOf(options.example, { domain: options.to ?? 'b', signal });
  const jobs = list.map((input) => jobOf(input, options, example));
  checkApart(jobs, options.gridPath === undefined ? [] : [options.gridPath]);
  await agreeOnSettings(out, settingsOf(options, example === undefined ? undefined : [...example]), resume);
  for (const folder of new Set(jobs.flatMap(({ paths }) => paths).map(dirname))) removeLeftovers(folder);

  const counts = { translated: 0, skipped: 0 };
  const failed: { input: string; error: MunitError }[] = [];
  const outputs: string[] = [];
  const rows: string[][] = [];
  for (const [i, job] of jobs.entries()) {
    checkAborted(signal, 'The translation');
    const { input } = job;
    const progress = { input: input.path, done: i + 1, total: jobs.length };
    try {
      const kind = await runJob(job, resume, (step) => {
        if (step.kind === 'band') onProgress?.({ kind: 'band', input: input.path, band: step.done, bands: step.total, done: i, total: jobs.length });
      });
      counts[kind] += 1;
      outputs.push(...job.paths);
      if (rows.length < GRID_ROWS) rows.push([input.path, ...job.paths.slice(0, GRID_STYLES)]);
      onProgress?.({ kind, outputs: job.paths, ...progress });
    } catch (error) {
      if (isFatal(error)) throw error;
      failed.push({ input: input.path, error: error as MunitError });
      onProgress?.({ kind: 'failed', error: error as MunitError, ...progress });
    }
  }
  if ((options.grid === true || options.gridPath !== undefined) && rows.length > 0) {
    const path = options.gridPath ?? join(out, 'grid.png');
    await writeOutput(path, await renderGrid(rows));
    onProgress?.({ kind: 'grid', output: path });
  }
  return { ...counts, failed, outputs };
}
