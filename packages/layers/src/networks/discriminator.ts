/** The multi-scale patch discriminator (`networks.py`, `MsImageDis`). */
import { averagePool2d, scoped, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { convolution } from '../blocks/convolution.js';
import { at, compose } from '../describe/compose.js';
import type { PoolNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { ConvolutionParams } from '../parameters/weighted.js';
import { checkDiscriminator, type DiscriminatorArchitecture } from './architecture.js';
import { globalDiscriminator, type GlobalDiscriminatorParams } from './globalDiscriminator.js';

/** Parameters of one scale of a `multiScaleDiscriminator`: `blocks` holds nLayer convolutions of 4×4 at stride 2, `last` the 1×1 to one score. */
export type DiscriminatorScaleParams = { readonly blocks: readonly ConvBlockParams[]; readonly last: ConvolutionParams };
/**
 * Parameters of a `multiScaleDiscriminator`: `scales` holds one discriminator per scale, the finest first; they share nothing. `global`: of the network
 * that judges whole images, where there is one.
 */
export type DiscriminatorParams = { readonly scales: readonly DiscriminatorScaleParams[]; readonly global?: GlobalDiscriminatorParams };

/** A patch discriminator at several scales. */
export interface MultiScaleDiscriminator extends Layer<DiscriminatorParams> {
  /** `multiScaleDiscriminator`. */
  readonly kind: 'multiScaleDiscriminator';
  /** What it was made from. */
  readonly architecture: DiscriminatorArchitecture;
  /**
   * x [N, H, W, inputDim] in [−1, 1] -> per scale, the finest first, a map of scores [N, h, w, 1], h = ⌊H / 2^nLayer⌋; behind them, with `global`, one
   * score for the whole image, [N, 1, 1, 1].
   * With spectral norm, call `advancePowerIteration` before, as the published code does before every use.
   */
  apply(params: DiscriminatorParams, x: Tensor4D): Tensor4D[];
}

/** Between one scale and the next. */
export const scalePool: PoolNode = { op: 'pool', take: 'average', size: 3, stride: 2, padding: 1 };

/**
 * Per scale nLayer times 4×4 at stride 2 (channels dim, 2 dim, …; no norm in the first) and 1×1 to one score;
 * 3×3 average pooling at stride 2 from scale to scale. With `global`, a residual network for the whole image besides (`globalDiscriminator`).
 * @throws ArgumentError for an unknown option or one out of range
 */
export function multiScaleDiscriminator(architecture: DiscriminatorArchitecture): MultiScaleDiscriminator {
  checkDiscriminator(architecture);
  const { inputDim, dim, nLayer, numScales, norm, activation, padMode, global = false } = architecture;
  const { specs, node } = compose({
    blocks: Array.from({ length: nLayer }, (_, i) =>
      at(
        `${i}`,
        convBlock({
          inChannels: i === 0 ? inputDim : dim * 2 ** (i - 1),
          outChannels: dim * 2 ** i,
          kernel: 4,
          stride: 2,
          padding: 1,
          norm: i === 0 ? 'none' : norm,
          activation,
          padMode,
        }),
      ),
    ),
    last: at(`${nLayer}`, convolution({ inChannels: dim * 2 ** (nLayer - 1), outChannels: 1, kernel: 1 })),
  });
  const scale = runnerOf('multiScaleDiscriminator', node);
  const scales = Array.from({ length: numScales }, (_, s) => ({ key: `scales.${s}`, name: `cnns.${s}`, node }));
  const whole = global ? globalDiscriminator(architecture) : undefined;
  const judge = whole === undefined ? undefined : runnerOf('multiScaleDiscriminator', whole.node);
  return {
    ...layerOf<MultiScaleDiscriminator>(
      'multiScaleDiscriminator',
      { scales: scales.map(() => specs), ...(whole === undefined ? {} : { global: whole.specs }) },
      { op: 'scales', scales, pool: scalePool, ...(whole === undefined ? {} : { whole: { key: 'global', name: 'global', node: whole.node } }) },
      'gaussian',
    ),
    architecture,
    apply: (params, x) =>
      scoped(() => {
        let image = x;
        const maps = params.scales.map((own, s) => {
          if (s > 0) image = averagePool2d(image); // [N, ⌈H/2⌉, ⌈W/2⌉, C]
          return scale.run(own, image) as Tensor4D;
        });
        return judge === undefined ? maps : [...maps, judge.run(params.global ?? {}, x) as Tensor4D];
      }),
  };
}
