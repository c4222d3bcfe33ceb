/** The multi-scale patch discriminator (`networks.py`, `MsImageDis`). */
import { averagePool2d, type Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams, type Convolution, convolution, type ConvolutionParams } from '../blocks/index.js';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { chain, scoped } from '../support/scope.js';
import { checkDiscriminator, type DiscriminatorArchitecture } from './architecture.js';

export type DiscriminatorScaleParams = { readonly blocks: readonly ConvBlockParams[]; readonly last: ConvolutionParams };
export type DiscriminatorParams = { readonly scales: readonly DiscriminatorScaleParams[] };

/** The network of one scale; the scales differ in their parameters only. */
export interface DiscriminatorScale {
  readonly blocks: readonly ConvBlock[];
  readonly last: Convolution;
}

export interface MultiScaleDiscriminator extends Layer<DiscriminatorParams> {
  readonly kind: 'multiScaleDiscriminator';
  readonly architecture: DiscriminatorArchitecture;
  readonly scale: DiscriminatorScale;
  /**
   * x [N, H, W, inputDim] in [−1, 1] -> per scale, the finest first, a map of scores [N, h, w, 1], h = ⌊H / 2^nLayer⌋.
   * With spectral norm, call `powerIterate` before, as the published code does before every use.
   */
  apply(params: DiscriminatorParams, x: Tensor4D): Tensor4D[];
}

/**
 * Per scale nLayer times 4×4 at stride 2 (channels dim, 2 dim, …; no norm in the first) and 1×1 to one score;
 * 3×3 average pooling at stride 2 from scale to scale.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function multiScaleDiscriminator(architecture: DiscriminatorArchitecture): MultiScaleDiscriminator {
  checkDiscriminator(architecture);
  const { inputDim, dim, nLayer, numScales, norm, activation, padMode } = architecture;
  const blocks = Array.from({ length: nLayer }, (_, i) =>
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
  );
  const last = convolution({ inChannels: dim * 2 ** (nLayer - 1), outChannels: 1, kernel: 1 });
  const scaleParameters = { blocks: blocks.map((block) => block.parameters), last: last.parameters };
  const parameters = { scales: Array.from({ length: numScales }, () => scaleParameters) };
  const judge = (params: DiscriminatorScaleParams, x: Tensor4D): Tensor4D =>
    chain(x, [
      ...blocks.map((block, i) => (y: Tensor4D) => block.apply(params.blocks[i] as ConvBlockParams, y)),
      (y) => last.apply(params.last, y),
    ]);
  return {
    kind: 'multiScaleDiscriminator',
    architecture,
    scale: { blocks, last },
    parameters,
    init: (rng, initializer = 'gaussian') => initialize(parameters, rng, initializer) as DiscriminatorParams,
    apply: (params, x) =>
      scoped(() => {
        let image = x;
        return params.scales.map((scale, i) => {
          if (i > 0) image = averagePool2d(image);
          return judge(scale, image); // [N, h, w, 1]
        });
      }),
  };
}
