/** SqueezeNet 1.1's features, for LPIPS (Iandola et al. 2016; torchvision's `squeezenet1_1().features`). */
import { checkKeys, checkOneOf, type Params, type Tensor4D } from '@munit/core';
import { runnerOf } from '../describe/run.js';
import { layerOf, type OfficialLayer } from '../layer.js';
import { beside, chain, conv, op, type Piece, tapped, under } from './pieces.js';
import { type FeaturePreprocessing, featurePreprocessings } from './preprocess.js';
import { before } from './vgg16.js';

/** A map of SqueezeNet that LPIPS reads: the outputs of its seven slices. */
export type SqueezenetTap = 'slice1' | 'slice2' | 'slice3' | 'slice4' | 'slice5' | 'slice6' | 'slice7';

/** Options of `squeezenet`. */
export interface SqueezenetOptions {
  /** What the weights expect. Default torchvision. */
  readonly preprocessing?: FeaturePreprocessing | undefined;
}

/** SqueezeNet's first convolution and eight fire modules. */
export interface Squeezenet extends OfficialLayer {
  /** `squeezenet`. */
  readonly kind: 'squeezenet';
  /** x [N, H, W, 3 or 1] in [−1, 1], H, W ≥ 17 -> the last fire module's map, [N, h, w, 512] */
  apply(params: Params, x: Tensor4D): Tensor4D;
  /**
   * The maps called `taps`, in that order. x as `apply` takes it; the caller owns the maps.
   * @throws ArgumentError for a map that this network does not have
   */
  taps(params: Params, x: Tensor4D, taps: readonly SqueezenetTap[]): Tensor4D[];
}

/** A fire module: 1×1 to few channels, then 1×1 and 3×3 beside each other. */
const fire = (place: number, inChannels: number, squeezed: number, expanded: number): Piece =>
  under(
    `${place}`,
    chain(conv('squeeze', inChannels, squeezed, 1), beside(conv('expand1x1', squeezed, expanded, 1), conv('expand3x3', squeezed, expanded, 3, { padding: 1 }))),
  );

/** 3×3 at stride 2; a last window that is partly outside counts. */
const pool = op({ op: 'pool', take: 'max', size: 3, stride: 2, padding: 0, partial: true });

/**
 * 3×3 at stride 2 to 64 channels, then fire modules 3, 4, 6, 7, 9 to 12 of torchvision's `features`, with 3×3 max pooling after 1, 4 and 7.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function squeezenet(options: SqueezenetOptions = {}): Squeezenet {
  checkKeys('squeezenet', options, ['preprocessing']);
  const { preprocessing = 'torchvision' } = options;
  checkOneOf('squeezenet', 'preprocessing', preprocessing, featurePreprocessings);
  const features = under(
    'features',
    chain(
      tapped(conv('0', 3, 64, 3, { stride: 2 }), 'slice1'),
      pool,
      fire(3, 64, 16, 64),
      tapped(fire(4, 128, 16, 64), 'slice2'),
      pool,
      fire(6, 128, 32, 128),
      tapped(fire(7, 256, 32, 128), 'slice3'),
      pool,
      tapped(fire(9, 256, 48, 192), 'slice4'),
      tapped(fire(10, 384, 48, 192), 'slice5'),
      tapped(fire(11, 384, 64, 256), 'slice6'),
      tapped(fire(12, 512, 64, 256), 'slice7'),
    ),
  );
  const node = { op: 'sequence', parts: [...before(preprocessing), ...features.parts], ignored: /^classifier\./ } as const;
  const runner = runnerOf('squeezenet', node);
  const taps = (params: Params, x: Tensor4D, names: readonly SqueezenetTap[]): Tensor4D[] => runner.taps(params, x, names) as Tensor4D[];
  return {
    ...layerOf<Squeezenet>('squeezenet', features.specs, node),
    apply: (params, x) => taps(params, x, ['slice7'])[0] as Tensor4D,
    taps,
  };
}
