/** Style code to AdaIN parameters (`networks.py`, `MLP`). */
import type { Tensor2D } from '@munit/core';
import { type LinearBlock, linearBlock, type LinearBlockParams, type LinearNorm } from '../blocks/index.js';
import type { Layer, LayerActivation } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkInteger, checkKeys } from '../support/options.js';
import { chain } from '../support/scope.js';

export interface MlpOptions {
  readonly inputDim: number;
  readonly outputDim: number;
  /** Features of the hidden layers. */
  readonly dim: number;
  /** Dense layers in all, at least 2. */
  readonly nBlocks: number;
  /** Of all but the last. Default none. */
  readonly norm?: LinearNorm;
  /** Of all but the last. Default relu. */
  readonly activation?: LayerActivation;
}

export type MlpParams = { readonly layers: readonly LinearBlockParams[] };

export interface Mlp extends Layer<MlpParams> {
  readonly kind: 'mlp';
  readonly layers: readonly LinearBlock[];
  /** [N, inputDim] -> [N, outputDim] */
  apply(params: MlpParams, x: Tensor2D): Tensor2D;
}

/** nBlocks dense layers, the last without norm and activation. @throws ArgumentError for an option out of range */
export function mlp(options: MlpOptions): Mlp {
  checkKeys('mlp', options, ['inputDim', 'outputDim', 'dim', 'nBlocks', 'norm', 'activation']);
  const { inputDim, outputDim, dim, nBlocks, norm = 'none', activation = 'relu' } = options;
  checkInteger('mlp', 'nBlocks', nBlocks, 2);
  const layers = Array.from({ length: nBlocks }, (_, i) =>
    i === nBlocks - 1
      ? linearBlock({ inFeatures: dim, outFeatures: outputDim, activation: 'none' })
      : linearBlock({ inFeatures: i === 0 ? inputDim : dim, outFeatures: dim, norm, activation }),
  );
  const parameters = { layers: layers.map((layer) => layer.parameters) };
  return {
    kind: 'mlp',
    layers,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as MlpParams,
    apply: (params, x) => chain(x, layers.map((layer, i) => (y: Tensor2D) => layer.apply(params.layers[i] as LinearBlockParams, y))),
  };
}
