/** What every layer is: a value that knows its parameters, can draw them, and applies them purely. */
import type { Activation, Params, Rng } from '@munit/core';
import type { Initializer } from './parameters/initializers.js';
import type { ParameterSpecs } from './parameters/spec.js';

export interface Layer<P extends Params> {
  /** Shape and start of every parameter, as a tree like `P`. */
  readonly parameters: ParameterSpecs;
  /** Draws the parameters; the caller owns them. Biases start at 0, whatever the initialiser. */
  init(rng: Rng, initializer?: Initializer): P;
}

/** The type of a layer's parameters. */
export type ParamsOf<L> = L extends Layer<infer P> ? P : never;

/** Non-linearities by their published names; `prelu` has one learned slope, which starts at 0.25. */
export type LayerActivation = Activation | 'prelu';
export const layerActivations = ['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none'] as const satisfies readonly LayerActivation[];

/** Norms by their published names: none, instance, batch, layer (MUNIT's own), adaptive instance, spectral. */
export type Norm = 'none' | 'in' | 'bn' | 'ln' | 'adain' | 'sn';
export const norms = ['none', 'in', 'bn', 'ln', 'adain', 'sn'] as const satisfies readonly Norm[];

export const padModes = ['reflect', 'replicate', 'zero'] as const;
