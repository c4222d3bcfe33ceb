/** From a model to the files of its folder. */
import { CheckpointMismatchError, type PerDomain } from '@munit/core';
import type { GeneratorCheckpoint } from '../official/recognize.js';
import type { StyleEncoderCheckpoint, TranslatorCheckpoint } from '../official/single.js';
import type { Float32Tensor, Weights } from '../torch/tensor.js';
import { modelCard } from './card.js';
import { sha256 } from './hash.js';
import { CARD_FILE, FORMAT, MANIFEST_FILE, type ModelDescription, type ModelManifest, VERSION, WEIGHTS_FILE } from './manifest.js';
import type { DomainInfo, Model, WeightsDtype } from './types.js';
import { packWeights } from './weights.js';

/** The files of a model folder, by name. */
export type ModelFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

function describe(model: Model): ModelDescription {
  const { architecture, domains, training, metrics, license } = model;
  return {
    format: FORMAT,
    version: VERSION,
    architecture,
    domains: {
      a: { name: domains.a.name, channels: architecture.inputDim.a },
      b: { name: domains.b.name, channels: architecture.inputDim.b },
    },
    ...(training === undefined ? {} : { training }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(license === undefined ? {} : { license }),
  };
}

/**
 * `model.safetensors`, `model.json` and `README.md`. The same model gives the same bytes.
 * @throws ArgumentError when a weight is too large for half precision
 */
export async function packModel(model: Model, options: { readonly dtype?: WeightsDtype | undefined } = {}): Promise<ModelFiles> {
  const dtype = options.dtype ?? 'float32';
  const description = describe(model);
  const weights = packWeights(model, description, dtype);
  const manifest: ModelManifest = {
    ...description,
    weights: { file: WEIGHTS_FILE, dtype, bytes: weights.length, sha256: await sha256(weights) },
  };
  const text = new TextEncoder();
  return new Map([
    [WEIGHTS_FILE, weights],
    [MANIFEST_FILE, text.encode(`${JSON.stringify(manifest, null, 2)}\n`)],
    [CARD_FILE, text.encode(modelCard(manifest))],
  ]);
}

/** A model's facts besides its weights. */
type AboutModel = Partial<Pick<Model, 'training' | 'metrics' | 'license'>> & { readonly domains?: PerDomain<DomainInfo> };

/** A model of an imported checkpoint, which knows no names for its domains. */
export function modelOf(
  checkpoint: GeneratorCheckpoint,
  about: AboutModel = {},
): Model {
  return {
    domains: { a: { name: 'a' }, b: { name: 'b' } },
    ...about,
    architecture: checkpoint.architecture,
    networks: checkpoint.networks,
  };
}

/** The networks of CycleGAN or BicycleGAN, each from its file. */
export interface TranslatorFiles {
  /** `latest_net_G_A.pth` or `latest_net_G.pth`: from a to b. */
  readonly forward: TranslatorCheckpoint;
  /** `latest_net_G_B.pth`: from b to a. */
  readonly backward?: TranslatorCheckpoint | undefined;
  /** `latest_net_E.pth`: the style encoder. */
  readonly encoder?: StyleEncoderCheckpoint | undefined;
}

/**
 * The model of CycleGAN's or BicycleGAN's networks; with one generator it translates in one direction, and without an encoder it takes
 * no examples.
 * @throws CheckpointMismatchError when the networks do not belong together
 */
export function modelOfTranslators({ forward, backward, encoder }: TranslatorFiles, about: AboutModel = {}): Model {
  const mismatch = (what: string): CheckpointMismatchError => new CheckpointMismatchError(`The networks do not belong together: ${what}.`, { remedy: 'Give the files of one run.' });
  const named = { domains: { a: { name: 'a' }, b: { name: 'b' } }, ...about };
  const { architecture } = forward;
  if (architecture.method === 'bicyclegan') {
    if (backward !== undefined) throw mismatch('BicycleGAN has one generator');
    if (encoder !== undefined && (encoder.architecture.styleDim !== architecture.styleDim || encoder.architecture.inputDim !== architecture.inputDim.b)) {
      throw mismatch(`the generator takes styles of ${architecture.styleDim} numbers and makes ${architecture.inputDim.b} channels, the encoder has ${encoder.architecture.styleDim} and ${encoder.architecture.inputDim}`);
    }
    const parts = [...prefixed('G.', forward.weights), ...(encoder === undefined ? [] : prefixed('E.', encoder.weights))];
    const { inputDim: _, ...encoding } = encoder?.architecture ?? { inputDim: 0 };
    return { ...named, architecture: { ...architecture, ...encoding, norm: architecture.norm }, networks: { a: new Map(), b: new Map(parts) } };
  }
  if (encoder !== undefined) throw mismatch('CycleGAN has no style encoder');
  if (backward === undefined) return { ...named, architecture, networks: { a: new Map(), b: forward.weights } };
  const { inputDim, ...other } = backward.architecture;
  const { inputDim: own, ...same } = architecture;
  if (JSON.stringify(other) !== JSON.stringify(same) || inputDim.a !== own.b || inputDim.b !== own.a) throw mismatch('the two generators differ in structure');
  return { ...named, architecture: { ...architecture, directions: 'both' }, networks: { a: backward.weights, b: forward.weights } };
}

const prefixed = (prefix: string, weights: Weights): (readonly [string, Float32Tensor])[] => [...weights].map(([name, tensor]) => [prefix + name, tensor] as const);
