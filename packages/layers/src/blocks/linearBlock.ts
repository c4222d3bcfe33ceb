/** The dense block of MUNIT's style MLP (`networks.py`, `LinearBlock`). */
import { checkInteger, checkKeys, checkOneOf, type Tensor1D, type Tensor2D } from '@munit/core';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { type LayerActivation, layerActivations, type Norm } from '../names.js';
import type { SpecsOf } from '../parameters/spec.js';
import { slopeSpec } from '../parameters/spec.js';
import { type DenseParams, weightedSpecs } from '../parameters/weighted.js';
import { blockNode } from './convBlock.js';
import { type AffineParams, affineSpecs } from './norms.js';

/** Norms that a dense block takes. */
export type LinearNorm = Exclude<Norm, 'adain'>;
const linearNorms = ['none', 'in', 'bn', 'ln', 'sn'] as const satisfies readonly LinearNorm[];

/** Options of `linearBlock`. */
export interface LinearBlockOptions {
  /** Features that come in. */
  readonly inFeatures: number;
  /** Features that go out. */
  readonly outFeatures: number;
  /** Default none. */
  readonly norm?: LinearNorm | undefined;
  /** Default relu. */
  readonly activation?: LayerActivation | undefined;
}

/** Parameters of a `linearBlock`: those of its `dense` layer, the affine of a layer or batch norm (`norm`), the `slope` of a PReLU [1]. */
export type LinearBlockParams = { readonly dense: DenseParams; readonly norm?: AffineParams; readonly slope?: Tensor1D };

/** A dense layer with its norm and activation. */
export interface LinearBlock extends Layer<LinearBlockParams> {
  /** `linearBlock`. */
  readonly kind: 'linearBlock';
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
  const spectral = norm === 'sn';
  const specs: SpecsOf<LinearBlockParams> = {
    dense: weightedSpecs([inFeatures, outFeatures], spectral),
    ...(norm === 'ln' || norm === 'bn' ? { norm: affineSpecs(norm, outFeatures) } : {}),
    ...(activation === 'prelu' ? { slope: slopeSpec } : {}),
  };
  const dense = { key: 'dense', name: 'fc', node: { op: 'dense', inFeatures, outFeatures, spectral } } as const;
  const node = blockNode(dense, norm, outFeatures, activation, { norm: 'norm', activation: 'activation' }, ['weight', 'norm', 'activation']);
  const runner = runnerOf('linearBlock', node);
  return {
    ...layerOf<LinearBlock>('linearBlock', specs, node),
    apply: (params, x) => runner.run(params, x) as Tensor2D,
  };
}
