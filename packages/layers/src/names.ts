/** Non-linearities, norms and borders by their published names. */
import type { Activation } from '@munit/core';

/** Non-linearities by their published names; `prelu` has one learned slope, which starts at 0.25. */
export type LayerActivation = Activation | 'prelu';
/** All of them. */
export const layerActivations = ['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none'] as const satisfies readonly LayerActivation[];

/** Norms by their published names: none, instance, batch, layer (MUNIT's own), adaptive instance, spectral. */
export type Norm = 'none' | 'in' | 'bn' | 'ln' | 'adain' | 'sn';
/** All of them. */
export const norms = ['none', 'in', 'bn', 'ln', 'adain', 'sn'] as const satisfies readonly Norm[];

/** How borders are filled. */
export const padModes = ['reflect', 'replicate', 'zero'] as const;
