/** AlexNet's features, for LPIPS (Krizhevsky 2014, "One weird trick"; torchvision's `alexnet().features`). */
import { maxPool2d, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/index.js';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkKeys, checkOneOf } from '../support/options.js';
import { runFeatures, stepsFor } from './features.js';
import { type FeaturePreprocessing, featurePreprocessings, preprocess } from './preprocess.js';

const layers = [
  { name: 'conv1', index: 0, options: { inChannels: 3, outChannels: 64, kernel: 11, stride: 4, padding: 2 }, pool: true },
  { name: 'conv2', index: 3, options: { inChannels: 64, outChannels: 192, kernel: 5, padding: 2 }, pool: true },
  { name: 'conv3', index: 6, options: { inChannels: 192, outChannels: 384, kernel: 3, padding: 1 }, pool: false },
  { name: 'conv4', index: 8, options: { inChannels: 384, outChannels: 256, kernel: 3, padding: 1 }, pool: false },
  { name: 'conv5', index: 10, options: { inChannels: 256, outChannels: 256, kernel: 3, padding: 1 }, pool: false },
] as const;

/** A convolution of AlexNet. */
export type AlexnetLayerName = (typeof layers)[number]['name'];

/** A map of AlexNet: the output of a convolution with its relu. LPIPS reads all five. */
export type AlexnetTap = 'relu1' | 'relu2' | 'relu3' | 'relu4' | 'relu5';

/** By layer name. */
export type AlexnetParams = { readonly [name in AlexnetLayerName]: ConvBlockParams };

/** Options of `alexnet`. */
export interface AlexnetOptions {
  /** What the weights expect. Default torchvision. */
  readonly preprocessing?: FeaturePreprocessing | undefined;
}

/** AlexNet's five convolutions. */
export interface Alexnet extends Layer<AlexnetParams> {
  readonly kind: 'alexnet';
  /** Each convolution, and its place in torchvision's `features`. */
  readonly layers: readonly { readonly name: AlexnetLayerName; readonly index: number }[];
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
  const blocks = layers.map((layer) => ({ ...layer, block: convBlock(layer.options) }));
  const parameters = Object.fromEntries(blocks.map(({ name, block }) => [name, block.parameters]));
  const run = (params: AlexnetParams, x: Tensor4D, taps: readonly string[]): Tensor4D[] => {
    const steps = blocks.map(({ name, pool, block }) => ({
      tap: name.replace('conv', 'relu'),
      apply: (y: Tensor4D) => block.apply(params[name], y),
      pool: pool ? (y: Tensor4D) => maxPool2d(y, { size: 3 }) : undefined,
    }));
    return runFeatures((y) => preprocess(y, preprocessing), stepsFor('alexnet', steps, taps), x, taps);
  };
  return {
    kind: 'alexnet',
    layers,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as AlexnetParams,
    apply: (params, x) => run(params, x, ['relu5'])[0] as Tensor4D,
    taps: run,
  };
}
