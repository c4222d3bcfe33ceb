/** How a model is loaded, and how far that is. */
import type { DeviceReport, OptionNames } from '@munit/core';
import type { Size } from '@munit/images';
import type { LoadModelOptions, WeightsDtype } from '@munit/formats';
import { translatorNames, type TranslatorOptions } from '../translator/translatorOptions.js';

/** How far loading is. `ready` comes last and once. */
export type LoadTranslatorProgress =
  | { readonly kind: 'download'; readonly file: string; readonly loaded: number; readonly total: number | undefined }
  | { readonly kind: 'cache'; readonly file: string; readonly event: 'hit' | 'stored' | 'damaged' | 'skipped'; readonly reason?: string }
  | { readonly kind: 'cache'; readonly file: string; readonly event: 'read'; readonly loaded: number; readonly total: number | undefined }
  | { readonly kind: 'verify'; readonly file: string }
  | { readonly kind: 'parse'; readonly file: string }
  | { readonly kind: 'upload'; readonly bytes: number }
  | { readonly kind: 'compile' }
  | { readonly kind: 'ready'; readonly device: DeviceReport };

/** Where a model comes from, how it is cached, and the device that it runs on. */
export interface LoadTranslatorOptions extends Omit<LoadModelOptions, 'onProgress'>, TranslatorOptions {
  /** Called as files arrive, weights are uploaded and programs are compiled. */
  readonly onProgress?: (progress: LoadTranslatorProgress) => void;
  /** `auto` (default): keep downloaded files in the browser's Cache API where there is one. `none`: neither read nor keep. */
  readonly cache?: 'auto' | 'none';
  /**
   * `float32` (default): weights as the file has them, half-precision ones widened, which is exact. `float16`: rounded to half precision, as
   * they would come out of a file of half the size, to see what that costs. Networks compute in float32 either way; see `storage` for
   * how they lie in memory.
   */
  readonly dtype?: WeightsDtype;
  /**
   * Build the GPU's programs before the first image; given the size of the images to come, also measure what suits them on this GPU, as
   * `Translator.warmUp` does. Default: true on `webgpu` only, where building takes a while.
   */
  readonly warmUp?: boolean | Size;
}

/** What of them is for `loadModel`, which refuses others. */
export function filesOptions(options: Omit<LoadModelOptions, 'onProgress'>): FilesOptions {
  const { endpoint, fetch, headers, hints, maxBytes, revision, signal, timeoutMs, verify } = options;
  return { endpoint, fetch, headers, hints, maxBytes, revision, signal, timeoutMs, verify };
}

/** All of them, held complete by the compiler. */
type FilesOptions = { readonly [K in keyof Required<Omit<LoadModelOptions, 'onProgress'>>]: LoadModelOptions[K] };

/** Names of the options that a page can send to a worker, by which unknown ones are refused. */
export const sentNames: OptionNames<Omit<LoadTranslatorOptions, 'fetch'>> = {
  ...translatorNames,
  cache: true,
  dtype: true,
  endpoint: true,
  headers: true,
  hints: true,
  maxBytes: true,
  onProgress: true,
  revision: true,
  signal: true,
  timeoutMs: true,
  verify: true,
  warmUp: true,
};
