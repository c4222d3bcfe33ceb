import { activate, ArgumentError, type FusedActivation, prelu, type Tensor, type Tensor1D } from '@munit/core';
import type { LayerActivation } from '../layer.js';
import { constantSpec, type ParameterSpecs } from '../parameters/spec.js';

/** Whether an op before it can take the activation in. */
export const isFusible = (activation: LayerActivation): activation is FusedActivation => activation !== 'prelu' && activation !== 'selu';

/** The activation that an op can take in; `none` where it has to follow as an op of its own. */
export const fusiblePart = (activation: LayerActivation): FusedActivation => (isFusible(activation) ? activation : 'none');

/** The slope of a PReLU, as a part of a block's parameters; nothing for the others. */
export const slopeSpecs = (activation: LayerActivation): { readonly slope?: ParameterSpecs } =>
  activation === 'prelu' ? { slope: constantSpec([1], 0.25) } : {};

/** What `fusiblePart` left over, as an op of its own. */
export function applyRest<T extends Tensor>(activation: LayerActivation, x: T, slope: Tensor1D | undefined): T {
  if (isFusible(activation)) return x;
  if (activation === 'selu') return activate(x, 'selu');
  if (slope === undefined) throw new ArgumentError('A block with prelu needs its slope, but its parameters have none.');
  return prelu(x, slope);
}
