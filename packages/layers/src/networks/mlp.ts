/** Style code to AdaIN parameters (`networks.py`, `MLP`). */
import { checkInteger, checkKeys, type Tensor2D } from '@munit/core';
import { linearBlock, type LinearBlockParams, type LinearNorm } from '../blocks/linearBlock.js';
import { at, compose } from '../describe/compose.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation } from '../names.js';

/** Options of `mlp`. */
export interface MlpOptions {
  /** Features that come in. */
  readonly inFeatures: number;
  /** Features that go out. */
  readonly outFeatures: number;
  /** Features of the hidden layers. */
  readonly hiddenFeatures: number;
  /** Dense layers in all, at least 2. */
  readonly nBlocks: number;
  /** Of all but the last. Default none. */
  readonly norm?: LinearNorm | undefined;
  /** Of all but the last. Default relu. */
  readonly activation?: LayerActivation | undefined;
}

/** Parameters of an `mlp`: `layers` holds nBlocks dense blocks, from input to output. */
export type MlpParams = { readonly layers: readonly LinearBlockParams[] };

/** Dense layers one after the other. */
export interface Mlp extends Layer<MlpParams> {
  /** `mlp`. */
  readonly kind: 'mlp';
  /** [N, inFeatures] -> [N, outFeatures] */
  apply(params: MlpParams, x: Tensor2D): Tensor2D;
}

/** nBlocks dense layers, the last without norm and activation. @throws ArgumentError for an option out of range */
export function mlp(options: MlpOptions): Mlp {
  checkKeys('mlp', options, ['inFeatures', 'outFeatures', 'hiddenFeatures', 'nBlocks', 'norm', 'activation']);
  const { inFeatures, outFeatures, hiddenFeatures, nBlocks, norm = 'none', activation = 'relu' } = options;
  checkInteger('mlp', 'nBlocks', nBlocks, 2);
  const { specs, node } = compose({
    layers: Array.from({ length: nBlocks }, (_, i) =>
      at(
        `model.${i}`,
        i === nBlocks - 1
          ? linearBlock({ inFeatures: hiddenFeatures, outFeatures, activation: 'none' })
          : linearBlock({ inFeatures: i === 0 ? inFeatures : hiddenFeatures, outFeatures: hiddenFeatures, norm, activation }),
      ),
    ),
  });
  const runner = runnerOf('mlp', node);
  return { ...layerOf<Mlp>('mlp', specs, node), apply: (params, x) => runner.run(params, x) as Tensor2D };
}
