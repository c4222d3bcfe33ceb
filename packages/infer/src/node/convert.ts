/** A model from any format to any other, for `munit convert`. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArgumentError, checkOptions, type OptionNames, type PerDomain } from '@munit/core';
import { generatorLayer, type GeneratorsArchitecture, type LoadModelOptions, type Model, type ModelSource, packModel, publishedNetworkFiles, requirePublished, writeNetworks } from '@munit/formats';
import { loadModel, writeFileAtomically, writeModel, writeNewFolder } from '@munit/formats/node';
import { exportOnnxFiles } from '@munit/formats/onnx';
import { countParameters } from '@munit/layers';
import { aboutOf, type ModelAbout } from '../about.js';
import { filesOptions } from '../load/loadOptions.js';
import { checkAborted } from '../translator/schedule.js';
import { kserveFiles, tritonRepository } from './triton.js';

/** `munit`: a model folder. `safetensors`: one file that describes itself. `pytorch`: `gen_*.pt`, or a folder of `latest_net_*.pth` of CycleGAN and BicycleGAN. `onnx`: a folder of graphs. `triton`: a model repository. `kserve`: one with an InferenceService. */
export type ModelForm = 'munit' | 'safetensors' | 'pytorch' | 'onnx' | 'triton' | 'kserve';

/** What `convertModel` writes, and how it reads. */
export interface ConvertOptions extends Pick<LoadModelOptions, 'signal' | 'onProgress' | 'hints' | 'headers' | 'fetch' | 'endpoint' | 'revision' | 'verify'> {
  /** The format to write. */
  readonly to: ModelForm;
  /** A folder for `munit`, `onnx`, `triton` and `kserve`, and for `pytorch` of CycleGAN and BicycleGAN; a file for the others. */
  readonly out: string;
  /** Of `munit` and `safetensors`. Default float32. */
  readonly dtype?: 'float32' | 'float16';
  /** Names for the domains of a model that has none. */
  readonly domains?: PerDomain<{ readonly name: string }>;
  /** Replace what is at `out`. Default false. */
  readonly overwrite?: boolean;
}

const convertNames: OptionNames<ConvertOptions> = {
  to: true,
  out: true,
  dtype: true,
  domains: true,
  overwrite: true,
  signal: true,
  onProgress: true,
  hints: true,
  headers: true,
  fetch: true,
  endpoint: true,
  revision: true,
  verify: true,
};

/** What was found and what was written. */
export interface Conversion {
  /** The structure of the generators of both domains. */
  readonly architecture: GeneratorsArchitecture;
  /** What each domain is called. */
  readonly domains: Model['domains'];
  /** Of both generators. */
  readonly parameters: number;
  /** The sizes of images that it takes without padding. */
  readonly sizeMultiple: number;
  /** What the model says of itself, where it does. */
  readonly about: ModelAbout;
  /** The files that were written, with their sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** @returns whether something is there, which `overwrite` allows */
async function isTaken(out: string, overwrite: boolean): Promise<boolean> {
  const isThere = await stat(out).then(() => true, () => false);
  if (isThere && !overwrite) throw new ArgumentError(`${out} exists.`, { remedy: { id: 'overwrite', text: 'Give another place, or set overwrite.' } });
  return isThere;
}

const sizesOf = (files: ReadonlyMap<string, Uint8Array>, place: string): Conversion['files'] => [...files].map(([name, bytes]) => ({ path: join(place, name), bytes: bytes.length }));

async function writeFile(place: string, bytes: Uint8Array, overwrite: boolean): Promise<Conversion['files']> {
  await isTaken(place, overwrite);
  await mkdir(dirname(place), { recursive: true });
  await writeFileAtomically(place, bytes);
  return [{ path: place, bytes: bytes.length }];
}

/** A new folder appears whole, or not at all; of one that is there each file is replaced by itself, and what else it holds stays. */
async function writeFolder(place: string, files: ReadonlyMap<string, Uint8Array>, overwrite: boolean): Promise<Conversion['files']> {
  if (await isTaken(place, overwrite)) {
    for (const [name, bytes] of files) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFileAtomically(join(place, name), bytes);
    }
  } else await writeNewFolder(place, files);
  return sizesOf(files, place);
}

async function writeForm(model: Model, { to, out, dtype, overwrite = false }: ConvertOptions): Promise<Conversion['files']> {
  const place = resolve(out);
  const precision = dtype === undefined ? {} : { dtype };
  switch (to) {
    case 'munit':
      await writeModel(place, model, { ...precision, overwrite });
      // What was written is known: looking at it could fail when all is well.
      return sizesOf(await packModel(model, precision), place);
    case 'safetensors':
      return writeFile(place, (await packModel(model, precision)).get('model.safetensors')!, overwrite);
    case 'pytorch': {
      requirePublished(model.architecture);
      const files = publishedNetworkFiles(model);
      return files === undefined ? writeFile(place, writeNetworks(model.networks), overwrite) : writeFolder(place, files, overwrite);
    }
    case 'onnx':
      return writeFolder(place, exportOnnxFiles(model), overwrite);
    case 'triton':
      return writeFolder(place, tritonRepository(model), overwrite);
    case 'kserve':
      return writeFolder(place, kserveFiles(model), overwrite);
    default:
      throw new ArgumentError(`Unknown model format '${String(to)}'.`, { remedy: 'Use munit, safetensors, pytorch, onnx, triton or kserve.' });
  }
}

/**
 * Loads a model from any source and writes it in another format; returns what it found.
 * @throws as `loadModel`; ArgumentError for an invalid option, or when `out` exists
 */
export async function convertModel(source: ModelSource, options: ConvertOptions): Promise<Conversion> {
  checkOptions('convertModel', options, convertNames);
  const { to, dtype, domains } = options;
  if (dtype === 'float16' && to !== 'munit' && to !== 'safetensors') {
    throw new ArgumentError(`A model for ${to} is written in float32 only.`, {
      remedy: { id: 'leave-out', option: 'dtype', instead: 'write munit or safetensors', text: 'Leave out dtype, or write munit or safetensors.' },
    });
  }
  const loaded = await loadModel(source, { ...filesOptions(options), onProgress: options.onProgress });
  checkAborted(options.signal, 'The conversion');
  const model: Model = domains === undefined ? loaded : { ...loaded, domains };
  const { architecture } = model;
  const layers = [generatorLayer(architecture, 'a'), generatorLayer(architecture, 'b')];
  const files = await writeForm(model, options);
  return {
    architecture,
    domains: model.domains,
    parameters: layers.reduce((sum, layer) => sum + countParameters(layer), 0),
    sizeMultiple: layers[0]!.sizeMultiple,
    about: aboutOf(model),
    files,
  };
}
