/** What `translateFiles` takes and gives. */
import type { Domain, MunitError, OptionNames } from '@munit/core';
import type { ImageInput } from '../../images/read.js';
import type { InterpolationMode, StyleCode } from '../../styles.js';
import type { Translator } from '../../translator/translator.js';
import type { FilePicture } from '../picture.js';
import type { Shard } from './shards.js';

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
  /** Leave results alone that this folder's notes say were made from the inputs as they are, by this model, with these settings. Default true. */
  readonly resume?: boolean;
  /**
   * Only this part of the inputs, by their names: for `mergeShards`, the results wait in a hidden folder in `out`. Random styles are those of
   * the whole. Default: all inputs.
   */
  readonly shard?: Shard;
  /** Which model it is, for telling its results from another's, where its weights do not say so (those of a training run). */
  readonly label?: string;
  /** Called after each input and each band of a large one, and when the grid is written. */
  readonly onProgress?: (progress: TranslateFilesProgress) => void;
  /** Stops the work with an `AbortedError`; finished results stay, and a later call continues after them. */
  readonly signal?: AbortSignal;
}

/** Their names, by which unknown ones are refused. */
export const fileNames: OptionNames<TranslateFilesOptions> = {
  translator: true,
  inputs: true,
  out: true,
  to: true,
  styles: true,
  example: true,
  seed: true,
  synchronized: true,
  interpolate: true,
  grid: true,
  gridPath: true,
  format: true,
  quality: true,
  resume: true,
  shard: true,
  label: true,
  onProgress: true,
  signal: true,
};

/** Those of a transition. */
export const transitionNames: OptionNames<InterpolateFilesOptions> = { count: true, mode: true, start: true, end: true, format: true, delayMs: true };

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
