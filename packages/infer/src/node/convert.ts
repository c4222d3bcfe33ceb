/** A model from any format to any other, for `munit convert`. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArgumentError, type PerDomain } from '@munit/core';
import { generatorLayer, type GeneratorsArchitecture, type LoadModelOptions, type Model, type ModelSource, packModel, publishedNetworkFiles, requirePublished, writeNetworks } from '@munit/formats';
import { loadModel, writeFileAtomically, writeModel } from '@munit/formats/node';
import { exportOnnxFiles } from '@munit/formats/onnx';
import { countParameters } from '@munit/layers';
import { aboutOf, type ModelAbout } from '../about.js';
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

async function checkFree(out: string, overwrite: boolean): Promise<void> {
  if (overwrite) return;
  const present = await stat(out).catch(() => undefined);
  if (present !== undefined) throw new ArgumentError(`${out} exists.`, { remedy: { id: 'overwrite', text: 'Give another place, or set overwrite.' } });
}

async function writeFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Conversion['files']> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, bytes);
  }
  return [...files].map(([path, bytes]) => ({ path, bytes: bytes.length }));
}

async function writeForm(model: Model, { to, out, dtype, overwrite = false }: ConvertOptions): Promise<Conversion['files']> {
  const place = resolve(out);
  const precision = dtype === undefined ? {} : { dtype };
  switch (to) {
    case 'munit': {
      await writeModel(place, model, { ...precision, overwrite });
      const names = [...(await packModel(model, precision)).keys()];
      return Promise.all(names.map(async (name) => ({ path: join(place, name), bytes: (await stat(join(place, name))).size })));
    }
    case 'safetensors': {
      await checkFree(place, overwrite);
      return writeFiles(new Map([...(await packModel(model, precision))].filter(([name]) => name.endsWith('.safetensors')).map(([, bytes]) => [place, bytes])));
    }
    case 'pytorch': {
      requirePublished(model.architecture);
      await checkFree(place, overwrite);
      const files = publishedNetworkFiles(model);
      return writeFiles(files === undefined ? new Map([[place, writeNetworks(model.networks)]]) : new Map([...files].map(([name, bytes]) => [join(place, name), bytes])));
    }
    case 'onnx': {
      await checkFree(place, overwrite);
      return writeFiles(new Map([...exportOnnxFiles(model)].map(([name, bytes]) => [join(place, name), bytes])));
    }
    case 'triton':
    case 'kserve': {
      await checkFree(place, overwrite);
      const files = to === 'triton' ? tritonRepository(model) : kserveFiles(model);
      return writeFiles(new Map([...files].map(([name, bytes]) => [join(place, name), bytes])));
    }
    default:
      throw new ArgumentError(`Unknown model format '${String(to)}'.`, { remedy: 'Use munit, safetensors, pytorch, onnx, triton or kserve.' });
  }
}

/**
 * Loads a model from any source and writes it in another format; returns what it found.
 * @throws as `loadModel`; ArgumentError for an invalid option, or when `out` exists
 */
export async function convertModel(source: ModelSource, options: ConvertOptions): Promise<Conversion> {
  const { to, dtype, domains } = options;
  if (dtype === 'float16' && to !== 'munit' && to !== 'safetensors') {
    throw new ArgumentError(`A model for ${to} is written in float32 only.`, {
      remedy: { id: 'leave-out', option: 'dtype', instead: 'write munit or safetensors', text: 'Leave out dtype, or write munit or safetensors.' },
    });
  }
  const loaded = await loadModel(source, options);
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
