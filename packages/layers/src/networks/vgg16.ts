/** VGG16's features, for the perceptual loss and LPIPS (`networks.py`, `Vgg16`; Simonyan & Zisserman 2015). */
import { maxPool2d, type Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams } from '../blocks/index.js';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkKeys, checkOneOf } from '../support/options.js';
import { type FeatureStep, runFeatures, stepsFor } from './features.js';
import { type FeaturePreprocessing, featurePreprocessings, preprocess } from './preprocess.js';

/** The last features: `relu5_3` as the published code, `relu4_3` as the paper's text. */
export type VggFeatures = 'relu5_3' | 'relu4_3';

const allLayers = [
  { name: 'conv1_1', from: 3, to: 64 },
  { name: 'conv1_2', from: 64, to: 64, pool: true },
  { name: 'conv2_1', from: 64, to: 128 },
  { name: 'conv2_2', from: 128, to: 128, pool: true },
  { name: 'conv3_1', from: 128, to: 256 },
  { name: 'conv3_2', from: 256, to: 256 },
  { name: 'conv3_3', from: 256, to: 256, pool: true },
  { name: 'conv4_1', from: 256, to: 512 },
  { name: 'conv4_2', from: 512, to: 512 },
  { name: 'conv4_3', from: 512, to: 512 },
  { name: 'conv5_1', from: 512, to: 512 },
  { name: 'conv5_2', from: 512, to: 512 },
  { name: 'conv5_3', from: 512, to: 512 },
] as const;

/** A convolution of VGG16 by its published name. */
export type VggLayerName = (typeof allLayers)[number]['name'];

/** A map of VGG16: the output of a convolution with its relu. */
export type VggTap = VggLayerName extends `conv${infer Place}` ? `relu${Place}` : never;

/** By layer name; only the layers that the features need. */
export type VggParams = { readonly [name in VggLayerName]?: ConvBlockParams };

/** Options of `vgg16`. */
export interface Vgg16Options {
  /** The last map. Default relu5_3. */
  readonly features?: VggFeatures | undefined;
  /** Whether a pooling follows conv4_3, as in VGG16 itself; the published MUNIT code leaves it out. Default false. */
  readonly pool4?: boolean | undefined;
  /** What the weights expect: `caffe` for those of the published MUNIT code, `torchvision` for torchvision's. Default caffe. */
  readonly preprocessing?: FeaturePreprocessing | undefined;
}

/** VGG16 up to a map. */
export interface Vgg16 extends Layer<VggParams> {
  readonly kind: 'vgg16';
  readonly features: VggFeatures;
  readonly layers: readonly { readonly name: VggLayerName; readonly block: ConvBlock }[];
  /** x [N, H, W, 3 or 1] in [−1, 1], H, W ≥ 8 -> [N, ⌊H/8⌋, ⌊W/8⌋, 512] (⌊H/16⌋ for relu5_3 with pool4) */
  apply(params: VggParams, x: Tensor4D): Tensor4D;
  /**
   * The maps called `taps`, in that order. LPIPS reads relu1_2, relu2_2, relu3_3, relu4_3 and relu5_3, with pool4.
   * x as `apply` takes it; the caller owns the maps.
   * @throws ArgumentError for a map that this network does not have
   */
  taps(params: VggParams, x: Tensor4D, taps: readonly VggTap[]): Tensor4D[];
}

/**
 * 13 convolutions 3×3 (10 for relu4_3) with relu, 2×2 max pooling after conv1_2, conv2_2 and conv3_3, and with `pool4` after conv4_3.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function vgg16(options: Vgg16Options = {}): Vgg16 {
  checkKeys('vgg16', options, ['features', 'pool4', 'preprocessing']);
  const { features = 'relu5_3', pool4 = false, preprocessing = 'caffe' } = options;
  checkOneOf('vgg16', 'features', features, ['relu5_3', 'relu4_3']);
  checkOneOf('vgg16', 'preprocessing', preprocessing, featurePreprocessings);
  const used = features === 'relu5_3' ? allLayers : allLayers.slice(0, 10);
  const layers = used.map((layer) => ({
    name: layer.name,
    block: convBlock({ inChannels: layer.from, outChannels: layer.to, kernel: 3, padding: 1 }),
  }));
  const pooled = new Set<VggLayerName>(allLayers.filter((layer) => 'pool' in layer).map(({ name }) => name));
  if (pool4) pooled.add('conv4_3');
  const parameters = Object.fromEntries(layers.map(({ name, block }) => [name, block.parameters]));
  const steps = (params: VggParams): FeatureStep[] =>
    layers.map(({ name, block }) => ({
      tap: name.replace('conv', 'relu'),
      apply: (y) => block.apply(params[name] as ConvBlockParams, y),
      pool: pooled.has(name) ? (y) => maxPool2d(y) : undefined,
    }));
  const run = (params: VggParams, x: Tensor4D, taps: readonly string[]): Tensor4D[] =>
    runFeatures((y) => preprocess(y, preprocessing), stepsFor('vgg16', steps(params), taps), x, taps);
  return {
    kind: 'vgg16',
    features,
    layers,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as VggParams,
    apply: (params, x) => run(params, x, [features])[0] as Tensor4D,
    taps: run,
  };
}
