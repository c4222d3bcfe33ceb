/** The patch discriminators of CycleGAN and BicycleGAN (`NLayerDiscriminator`, `PixelDiscriminator`, `D_NLayersMulti`). */
import { averagePool2d, checkInteger, checkKeys, checkOneOf, scoped, type Tensor4D } from '@munit/core';
import { convBlock } from '../blocks/convBlock.js';
import { convolution } from '../blocks/convolution.js';
import { at, compose } from '../describe/compose.js';
import type { LayerNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { type DiscriminatorParams, scalePool } from './discriminator.js';

/** What a `patchDiscriminator` is made of, by the published options. */
export interface PatchDiscriminatorArchitecture {
  /** Channels of what is judged; of an image and its source together for a conditional discriminator. */
  readonly inputDim: number;
  /** Channels of the first layer (`ndf`); each further layer doubles them, up to 8 times as many. */
  readonly dim: number;
  /** Layers at stride 2 per scale (`n_layers_D`); not used by `pixel`. */
  readonly nLayer: number;
  /** Images, each half as large as the one before, that are judged (`num_Ds`). */
  readonly numScales: number;
  /** Of all layers but the first and the last (`norm`). */
  readonly norm: PatchNorm;
  /** `patch`: overlapping patches; `pixel`: every pixel by itself, by 1×1 convolutions (`netD`). */
  readonly kind: 'patch' | 'pixel';
}

/** Norms of the published networks: `instance` and `none`. */
export type PatchNorm = 'in' | 'none';

/** A patch discriminator at one or several scales. */
export interface PatchDiscriminator extends Layer<DiscriminatorParams> {
  /** `patchDiscriminator`. */
  readonly kind: 'patchDiscriminator';
  /** What it was made from. */
  readonly architecture: PatchDiscriminatorArchitecture;
  /** x [N, H, W, inputDim] in [−1, 1] -> per scale, the finest first, a map of scores [N, h, w, 1] */
  apply(params: DiscriminatorParams, x: Tensor4D): Tensor4D[];
}

/** Python's `round`: halves go to the even neighbour. */
const roundHalfEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/**
 * Per scale nLayer times 4×4 at stride 2 (channels dim, 2 dim, … 8 dim; no norm in the first), 4×4 at stride 1 and 4×4 to one score, all
 * padded with one row of zeros, lrelu 0.2 between them. Further scales have half as many channels each and see the image halved by 3×3
 * average pooling. `pixel` has 1×1 convolutions in place of them: dim, 2 dim, one score.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function patchDiscriminator(architecture: PatchDiscriminatorArchitecture): PatchDiscriminator {
  const where = 'patchDiscriminator';
  checkKeys(where, architecture, ['inputDim', 'dim', 'nLayer', 'numScales', 'norm', 'kind']);
  for (const name of ['inputDim', 'dim', 'nLayer', 'numScales'] as const) checkInteger(where, name, architecture[name], 1);
  checkOneOf(where, 'norm', architecture.norm, ['in', 'none']);
  checkOneOf(where, 'kind', architecture.kind, ['patch', 'pixel']);
  const { dim, numScales } = architecture;
  const scales = Array.from({ length: numScales }, (_, s) => {
    const { specs, node } = oneScale(architecture, Math.max(1, roundHalfEven(dim / 2 ** s)));
    const name = architecture.kind === 'pixel' ? 'net' : numScales === 1 ? 'model' : `model_${s}`;
    return { specs, part: { key: `scales.${s}`, name, node }, runner: runnerOf(where, node) };
  });
  const node: LayerNode = { op: 'scales', scales: scales.map(({ part }) => part), pool: scalePool };
  return {
    ...layerOf<PatchDiscriminator>(where, { scales: scales.map(({ specs }) => specs) }, node, 'gaussian'),
    architecture,
    apply: (params, x) =>
      scoped(() => {
        let image = x;
        return scales.map(({ runner }, s) => {
          if (s > 0) image = averagePool2d(image); // [N, ⌈H/2⌉, ⌈W/2⌉, C]
          return runner.run(params.scales[s] ?? {}, image) as Tensor4D;
        });
      }),
  };
}

function oneScale({ inputDim, nLayer, norm, kind }: PatchDiscriminatorArchitecture, dim: number) {
  const pixel = kind === 'pixel';
  // Strides of the layers before the last: the published last but one does not halve.
  const strides = pixel ? [1, 1] : [...Array.from({ length: nLayer }, () => 2), 1];
  const width = (layer: number): number => dim * Math.min(2 ** layer, 8);
  const window = pixel ? { kernel: 1, padding: 0 } : { kernel: 4, padding: 1 };
  // Modules have numbers: a convolution, its norm but for the first, and its lrelu.
  const number = (layer: number): number => (layer === 0 ? 0 : 3 * layer - 1);
  return compose({
    blocks: strides.map((stride, i) =>
      at(
        '',
        convBlock(
          { inChannels: i === 0 ? inputDim : width(i - 1), outChannels: width(i), ...window, stride, norm: i === 0 ? 'none' : norm, activation: 'lrelu' },
          { conv: `${number(i)}`, norm: `${number(i) + 1}`, activation: `${number(i) + 2}` },
        ),
      ),
    ),
    last: at(`${number(strides.length)}`, convolution({ inChannels: width(strides.length - 1), outChannels: 1, ...window })),
  });
}
