/** From imported networks to a model. */
import { CheckpointMismatchError, checkOptions, type OptionNames, type PerDomain } from '@munit/core';
import type { GeneratorCheckpoint } from '../official/recognize.js';
import type { StyleEncoderCheckpoint, TranslatorCheckpoint } from '../official/single.js';
import type { Float32Tensor, Weights } from '../torch/tensor.js';
import type { DomainInfo, Model } from './types.js';

/** A model's facts besides its weights. */
type AboutModel = Partial<Pick<Model, 'training' | 'metrics' | 'license'>> & { readonly domains?: PerDomain<DomainInfo> };

const aboutNames: OptionNames<AboutModel> = { domains: true, training: true, metrics: true, license: true };

/** A model of an imported checkpoint, which knows no names for its domains. */
export function modelOf(
  checkpoint: GeneratorCheckpoint,
  about: AboutModel = {},
): Model {
  checkOptions('modelOf', about, aboutNames);
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
  checkOptions('modelOfTranslators', about, aboutNames);
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
