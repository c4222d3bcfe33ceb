/** AlexNet's features, for LPIPS (Krizhevsky 2014, "One weird trick"; torchvision's `alexnet().features`). */
import { checkKeys, checkOneOf, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { at, bare, compose } from '../describe/compose.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { type FeaturePreprocessing, featurePreprocessings } from './preprocess.js';
import { before, featureNames } from './vgg16.js';

/** A map of AlexNet: the output of a convolution with its relu. LPIPS reads all five. */
export type AlexnetTap = 'relu1' | 'relu2' | 'relu3' | 'relu4' | 'relu5';

/** A convolution of AlexNet. */
export type AlexnetLayerName = 'conv1' | 'conv2' | 'conv3' | 'conv4' | 'conv5';

/** By layer name. */
export type AlexnetParams = { readonly [name in AlexnetLayerName]: ConvBlockParams };

/** Options of `alexnet`. */
export interface AlexnetOptions {
  /** What the weights expect. Default torchvision. */
  readonly preprocessing?: FeaturePreprocessing | undefined;
}

/** AlexNet's five convolutions. */
export interface Alexnet extends Layer<AlexnetParams> {
  /** `alexnet`. */
  readonly kind: 'alexnet';
  /** x [N, H, W, 3 or 1] in [−1, 1], H, W ≥ 31 -> relu5, [N, h, w, 256], h = ⌊(⌊(⌊(H − 7)/4⌋ − 2)/2⌋ − 2)/2⌋ + 1 */
  apply(params: AlexnetParams, x: Tensor4D): Tensor4D;
  /**
   * The maps called `taps`, in that order. x as `apply` takes it; the caller owns the maps.
   * @throws ArgumentError for a map that this network does not have
   */
  taps(params: AlexnetParams, x: Tensor4D, taps: readonly AlexnetTap[]): Tensor4D[];
}

/**
 * 11×11 at stride 4, 5×5, and three 3×3 convolutions with relu; 3×3 max pooling at stride 2 after the first two.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function alexnet(options: AlexnetOptions = {}): Alexnet {
  checkKeys('alexnet', options, ['preprocessing']);
  const { preprocessing = 'torchvision' } = options;
  checkOneOf('alexnet', 'preprocessing', preprocessing, featurePreprocessings);
  const pool = bare({ op: 'pool', take: 'max', size: 3, stride: 2, padding: 0 });
  const { specs, node: features } = compose({
    conv1: at('features.0', convBlock({ inChannels: 3, outChannels: 64, kernel: 11, stride: 4, padding: 2 }, featureNames), { tap: 'relu1' }),
    pool1: pool,
    conv2: at('features.3', convBlock({ inChannels: 64, outChannels: 192, kernel: 5, padding: 2 }, featureNames), { tap: 'relu2' }),
    pool2: pool,
    conv3: at('features.6', convBlock({ inChannels: 192, outChannels: 384, kernel: 3, padding: 1 }, featureNames), { tap: 'relu3' }),
    conv4: at('features.8', convBlock({ inChannels: 384, outChannels: 256, kernel: 3, padding: 1 }, featureNames), { tap: 'relu4' }),
    conv5: at('features.10', convBlock({ inChannels: 256, outChannels: 256, kernel: 3, padding: 1 }, featureNames), { tap: 'relu5' }),
  });
  const node = { ...features, parts: [...before(preprocessing), ...features.parts], ignored: /^classifier\./ };
  const runner = runnerOf('alexnet', node);
  const taps = (params: AlexnetParams, x: Tensor4D, names: readonly AlexnetTap[]): Tensor4D[] => runner.taps(params, x, names) as Tensor4D[];
  return {
    ...layerOf<Alexnet>('alexnet', specs, node),
    apply: (params, x) => taps(params, x, ['relu5'])[0] as Tensor4D,
    taps,
  };
}
