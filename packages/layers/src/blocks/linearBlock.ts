/** The dense block of MUNIT's style MLP (`networks.py`, `LinearBlock`). */
import { linear, type Tensor1D, type Tensor2D } from '@munit/core';
import { type Layer, type LayerActivation, layerActivations, type Norm } from '../layer.js';
import { initialize, type ParameterSpecs } from '../parameters/spec.js';
import { checkInteger, checkKeys, checkOneOf } from '../support/options.js';
import { scoped } from '../support/scope.js';
import { applyRest, fusiblePart, slopeSpecs } from './activations.js';
import { type DenseParams, effectiveWeight, weightedSpecs } from './convolution.js';
import { type AffineParams, affineSpecs, overFeatures } from './norms.js';

export type LinearNorm = Exclude<Norm, 'adain'>;
const linearNorms = ['none', 'in', 'bn', 'ln', 'sn'] as const satisfies readonly LinearNorm[];

export interface LinearBlockOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Default none. */
  readonly norm?: LinearNorm;
  /** Default relu. */
  readonly activation?: LayerActivation;
}

export type LinearBlockParams = { readonly dense: DenseParams; readonly norm?: AffineParams; readonly slope?: Tensor1D };

export interface LinearBlock extends Layer<LinearBlockParams> {
  readonly kind: 'linearBlock';
  readonly options: Required<LinearBlockOptions>;
  /** [N, inFeatures] -> [N, outFeatures] */
  apply(params: LinearBlockParams, x: Tensor2D): Tensor2D;
}

/**
 * y = f(norm(x W + b)); `in` normalises each sample over its features, as PyTorch's InstanceNorm1d does of a matrix.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function linearBlock(options: LinearBlockOptions): LinearBlock {
  checkKeys('linearBlock', options, ['inFeatures', 'outFeatures', 'norm', 'activation']);
  const { inFeatures, outFeatures, norm = 'none', activation = 'relu' } = options;
  checkInteger('linearBlock', 'inFeatures', inFeatures, 1);
  checkInteger('linearBlock', 'outFeatures', outFeatures, 1);
  checkOneOf('linearBlock', 'norm', norm, linearNorms);
  checkOneOf('linearBlock', 'activation', activation, layerActivations);
  const parameters: ParameterSpecs = {
    dense: weightedSpecs([inFeatures, outFeatures], norm === 'sn'),
    ...(norm === 'ln' || norm === 'bn' ? { norm: affineSpecs(norm, outFeatures) } : {}),
    ...slopeSpecs(activation),
  };
  return {
    kind: 'linearBlock',
    options: { inFeatures, outFeatures, norm, activation },
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as LinearBlockParams,
    apply: (params, x) =>
      scoped(() => {
        const weight = effectiveWeight(params.dense, norm === 'sn');
        const fused = fusiblePart(activation);
        if (norm === 'none' || norm === 'sn') return applyRest(activation, linear(x, weight, params.dense.bias, fused), params.slope);
        const y = linear(x, weight, params.dense.bias); // [N, O]
        return applyRest(activation, overFeatures(norm, y, params.norm, fused) as Tensor2D, params.slope);
      }),
  };
}
