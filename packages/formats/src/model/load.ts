/** Loads a model, wherever it is. */
import { AbortedError, ArgumentError, checkOptions, type OptionNames } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import { type ArchitectureHints, hintNames } from '../official/architecture.js';
import { recognizeCheckpoint } from '../official/recognize.js';
import { readTorch, torchFormOf } from '../torch/read.js';
import { sha256 } from './hash.js';
import { MANIFEST_FILE, type ModelManifest, parseManifest } from './manifest.js';
import { modelOf, modelOfTranslators } from './imported.js';
import { publishedFolder } from './published.js';
import { blobSource, bytesSource, filesSource } from './sources/blobs.js';
import { httpSource } from './sources/http.js';
import { type HuggingFaceOptions, huggingFaceSource } from './sources/huggingFace.js';
import type { FileSource } from './sources/source.js';
import type { LoadProgress, Model } from './types.js';
import { unpackWeights } from './weights.js';

/** An address, `hf:owner/name`, a file, the files of a folder (also by their names in a map), or bytes. */
export type ModelSource = string | URL | Blob | Iterable<Blob> | Uint8Array | ReadonlyMap<string, Uint8Array>;

/** Options of `loadModel`. */
export interface LoadModelOptions extends HuggingFaceOptions {
  /** Aborts the loading. */
  readonly signal?: AbortSignal | undefined;
  /** Called as files arrive. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Compare the weights with the manifest's SHA-256. Default true; false takes weights that were saved again, by other programs. */
  readonly verify?: boolean | undefined;
  /** What a `.pt` file cannot tell: activation and padding. */
  readonly hints?: ArchitectureHints | undefined;
  /** Refuse more than this. Default 4 GiB. */
  readonly maxBytes?: number | undefined;
}

const optionNames: OptionNames<LoadModelOptions> = {
  endpoint: true,
  fetch: true,
  headers: true,
  hints: true,
  maxBytes: true,
  onProgress: true,
  revision: true,
  signal: true,
  timeoutMs: true,
  verify: true,
};

/** @throws ArgumentError for an option, or a hint, that nothing reads */
function checkLoadOptions(options: LoadModelOptions): void {
  checkOptions('loadModel', options, optionNames);
  if (options.hints !== undefined) checkOptions('loadModel: hints', options.hints, hintNames);
}

const MAX_BYTES = 4 * 2 ** 30;
const MAX_MANIFEST_BYTES = 2 ** 22;
/** More than the header of a weights file takes. */
const HEADER_BYTES = 2 ** 20;

/** After the header's length, the first byte of every safetensors file. */
const OPENING_BRACE = 0x7b;

/** Reads one file of a source and reports how far it is. */
async function fetchFile(
  source: FileSource,
  name: string,
  options: LoadModelOptions,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (options.signal?.aborted === true) throw new AbortedError('Loading the model was aborted.');
  return source.read(name, {
    signal: options.signal,
    maxBytes,
    onBytes: (loaded, total) => options.onProgress?.({ kind: 'read', file: name, loaded, total }),
  });
}

/** A model from one file: safetensors that describe themselves, or a generator checkpoint of PyTorch. */
function parseSingle(bytes: Uint8Array, source: FileSource, options: LoadModelOptions): Model {
  if (torchFormOf(bytes) === undefined) {
    if (/^\s*<(!doctype|html)/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)))) {
      throw new ModelSourceError(`${source.where} is a web page, not a model.`, {
        remedy: 'Check the address: use the one that downloads the file itself.',
      });
    }
    if (bytes[8] !== OPENING_BRACE) {
      throw new ModelSourceError(`${source.where} is neither a PyTorch checkpoint nor a safetensors file.`, {
        remedy: 'It is another kind of file, or was cut short on its way: give gen_*.pt, or the model.safetensors of a model folder.',
      });
    }
    return unpackWeights(bytes, source.where, { hints: options.hints });
  }
  const checkpoint = recognizeCheckpoint(readTorch(bytes), options.hints);
  if (checkpoint.kind === 'generator') return modelOf(checkpoint);
  if (checkpoint.kind === 'translator') return modelOfTranslators({ forward: checkpoint });
  throw new ModelSourceError(`${source.where} is a PyTorch file of kind '${checkpoint.kind}'; a model is made of generators.`, {
    remedy: 'Give gen_*.pt, or latest_net_G*.pth of CycleGAN or BicycleGAN.',
  });
}

async function verifyWeights(bytes: Uint8Array<ArrayBuffer>, manifest: ModelManifest, where: string): Promise<void> {
  const { file, sha256: expected } = manifest.weights;
  const found = bytes.length === manifest.weights.bytes ? await sha256(bytes) : `of ${bytes.length} bytes`;
  if (found === expected) return;
  throw new ModelSourceError(
    `${file} of ${where} is not the file that ${MANIFEST_FILE} names: SHA-256 ${expected} and ${manifest.weights.bytes} bytes were expected, and it is ${found}.`,
    {
      remedy: {
        id: 'skip-verify',
        text: 'The file is damaged, or only half of the model was replaced: download both again. If the weights were saved again on purpose, load with verify: false.',
      },
    },
  );
}

/**
 * Loads a model from any source of files. `loadModel` is this with the sources that every platform has.
 * @throws as `loadModel`
 */
export async function loadModelFrom(source: FileSource, options: LoadModelOptions = {}): Promise<Model> {
  checkLoadOptions(options);
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  if (source.single !== undefined) {
    const bytes = await fetchFile(source, source.single, options, maxBytes);
    if (bytes === undefined) throw new ModelSourceError(`${source.where} does not exist.`, { remedy: 'Check the name.' });
    options.onProgress?.({ kind: 'parse', file: source.single });
    return parseSingle(bytes, source, options);
  }
  const text = await fetchFile(source, MANIFEST_FILE, options, MAX_MANIFEST_BYTES);
  const published = text === undefined && source.local === true ? await publishedFolder((name) => fetchFile(source, name, options, maxBytes), source.where, options.hints) : undefined;
  if (published !== undefined) return published;
  if (text === undefined) {
    throw new ModelSourceError(`${source.where} has no ${MANIFEST_FILE}.`, {
      remedy: 'Give a folder that munit wrote, one of CycleGAN or BicycleGAN with latest_net_G_A.pth or latest_net_G.pth, or one file (.safetensors, .pt).',
    });
  }
  const manifest = parseManifest(new TextDecoder().decode(text), `${MANIFEST_FILE} of ${source.where}`);
  const { file, bytes: expectedBytes } = manifest.weights;
  if (expectedBytes > maxBytes) {
    throw new ModelSourceError(`The weights of ${source.where} take ${expectedBytes} bytes, more than the limit of ${maxBytes}.`, {
      remedy: 'Raise maxBytes if you trust the model.',
    });
  }
  // Weights that were saved again differ in their header at least.
  const bytes = await fetchFile(source, file, options, options.verify === false ? maxBytes : expectedBytes + HEADER_BYTES);
  if (bytes === undefined) throw new ModelSourceError(`${source.where} has no ${file}.`, { remedy: 'The model is incomplete; download it again.' });
  if (options.verify !== false) {
    options.onProgress?.({ kind: 'verify', file });
    await verifyWeights(bytes, manifest, source.where);
  }
  options.onProgress?.({ kind: 'parse', file });
  return unpackWeights(bytes, `${file} of ${source.where}`, { manifest });
}

const isFiles = (source: ModelSource): source is ReadonlyMap<string, Uint8Array> => source instanceof Map;

function sourceOf(source: ModelSource, options: LoadModelOptions): FileSource {
  if (source instanceof Uint8Array) return bytesSource(source);
  if (source instanceof Blob) return blobSource([source]);
  if (isFiles(source)) return filesSource(source);
  const text = source instanceof URL ? source.href : source;
  if (typeof text !== 'string') return blobSource([...text]);
  if (text.startsWith('hf:')) return huggingFaceSource(text, options);
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  if (!URL.canParse(text, base) || !/^(https?|blob|data):/.test(new URL(text, base).protocol)) {
    throw new ArgumentError(`'${text}' is neither an address nor hf:owner/name.`, {
      remedy: "Paths are read by loadModel of '@munit/formats/node'.",
    });
  }
  return httpSource(new URL(text, base).href, options);
}

/**
 * Loads a model from an address (a folder, or one `.safetensors` or `.pt` file), `hf:owner/name`, a `File` or `Blob`,
 * the files of a folder, or bytes.
 * @throws ModelSourceError when the source is missing, is something else, or fails the integrity check
 * @throws SafetensorsError, TorchFileError, CheckpointMismatchError or NonFiniteError when the weights are not sound
 * @throws AbortedError
 */
export async function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<Model> {
  checkLoadOptions(options);
  return loadModelFrom(sourceOf(source, options), options);
}
