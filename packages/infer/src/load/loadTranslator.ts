/** From an address to a translator. */
import { checkOptions } from '@munit/core';
import { loadModel, type LoadModelOptions, type Model, type ModelSource, roundToHalf } from '@munit/formats';
import type { Picture } from '../images/picture.js';
import { type ImagePlatform, webPlatform } from '../images/read.js';
import { checkAborted } from '../translator/schedule.js';
import { createTranslatorOn, type Translator } from '../translator/translator.js';
import { cachedFetch, forgetModel, keyOf } from './cache.js';
import { filesOptions, type LoadTranslatorOptions, sentNames } from './loadOptions.js';

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
  const plain: LoadModelOptions = { ...filesOptions(options), onProgress: report };
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
  checkOptions('loadTranslator', options, { ...sentNames, fetch: true });
  const { onProgress, signal } = options;
  checkAborted(signal, 'Loading the model');
  const loaded = await modelFrom(load, source, options);
  const model = options.dtype === 'float16' ? roundToHalf(loaded) : loaded;
  checkAborted(signal, 'Loading the model');
  const bytes = [...model.networks.a.values(), ...model.networks.b.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  onProgress?.({ kind: 'upload', bytes });
  const translator = await createTranslatorOn(platform, model, options);
  try {
    const warmUp = options.warmUp ?? translator.device.taken === 'webgpu';
    if (warmUp !== false) {
      onProgress?.({ kind: 'compile' });
      await translator.warmUp(warmUp === true ? undefined : warmUp);
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
