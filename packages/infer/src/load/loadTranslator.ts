/** From an address to a translator. */
import type { DeviceReport } from '@munit/core';
import { loadModel, type LoadModelOptions, type Model, type ModelSource, roundToHalf, type WeightsDtype } from '@munit/formats';
import type { Picture } from '../images/picture.js';
import { type ImagePlatform, webPlatform } from '../images/read.js';
import { checkAborted } from '../translator/schedule.js';
import { createTranslatorOn, type Translator, type TranslatorOptions } from '../translator/translator.js';
import { cachedFetch, forgetModel, keyOf } from './cache.js';

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
   * they would come out of a file of half the size, to see what that costs. Networks compute in float32 either way.
   */
  readonly dtype?: WeightsDtype;
  /** Build the GPU's programs before the first image. Default: on `webgpu` only, where that takes a while. */
  readonly warmUp?: boolean;
}

/** How a platform loads a model. */
export type ModelLoader<S> = (source: S, options: LoadModelOptions) => Promise<Model>;

async function modelFrom<S>(load: ModelLoader<S>, source: S, options: LoadTranslatorOptions): Promise<Model> {
  const { onProgress, cache = 'auto', fetch: send } = options;
  const key = keyOf(source, options);
  const fromCache = new Set<string>();
  const report: LoadModelOptions['onProgress'] = (progress) => {
    if (progress.kind !== 'read') onProgress?.(progress);
    else onProgress?.({ ...progress, ...(fromCache.has(progress.file) ? { kind: 'cache', event: 'read' } : { kind: 'download' }) });
  };
  const plain: LoadModelOptions = { ...options, onProgress: report };
  if (cache === 'none' || key === undefined) return load(source, plain);
  const cached = cachedFetch(key, send, (file, event, reason) => {
    if (event === 'hit') fromCache.add(file);
    onProgress?.({ kind: 'cache', file, event, ...(reason === undefined ? {} : { reason }) });
  });
  try {
    return await load(source, { ...plain, fetch: cached });
  } catch (error) {
    checkAborted(options.signal, 'Loading the model');
    // What was kept may be of another version, or spoilt: the source decides.
    if (fromCache.size === 0) throw error;
    fromCache.clear();
    await forgetModel(key);
    return load(source, { ...plain, fetch: cached });
  }
}

/** `loadTranslator` for a platform of its own. */
export async function loadTranslatorOn<S, P extends Picture>(
  platform: ImagePlatform<P>,
  load: ModelLoader<S>,
  source: S,
  options: LoadTranslatorOptions,
): Promise<Translator<P>> {
  const { onProgress, signal } = options;
  checkAborted(signal, 'Loading the model');
  const loaded = await modelFrom(load, source, options);
  const model = options.dtype === 'float16' ? roundToHalf(loaded) : loaded;
  checkAborted(signal, 'Loading the model');
  const bytes = [...model.networks.a.values(), ...model.networks.b.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  onProgress?.({ kind: 'upload', bytes });
  const translator = await createTranslatorOn(platform, model, options);
  try {
    if (options.warmUp ?? translator.device.taken === 'webgpu') {
      onProgress?.({ kind: 'compile' });
      await translator.warmUp();
    }
    checkAborted(signal, 'Loading the model');
  } catch (error) {
    translator.dispose();
    throw error;
  }
  onProgress?.({ kind: 'ready', device: translator.device });
  return translator;
}

/**
 * Loads a model (an address of a folder or file, `hf:owner/name`, a `File`, the files of a folder, bytes) and puts it on a device.
 * Paths are read by `loadTranslator` of `@munit/infer/node`.
 * @throws as `loadModel` of `@munit/formats`; DeviceUnavailableError; AbortedError
 */
export function loadTranslator(source: ModelSource, options: LoadTranslatorOptions = {}): Promise<Translator> {
  return loadTranslatorOn(webPlatform, loadModel, source, options);
}
