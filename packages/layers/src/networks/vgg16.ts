/** VGG16's features, for the perceptual loss (`networks.py`, `Vgg16`; Simonyan & Zisserman 2015). */
import { conv2d, maxPool2d, ShapeError, tensor, type Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams } from '../blocks/index.js';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkKeys, checkOneOf } from '../support/options.js';
import { chain, scoped } from '../support/scope.js';

/** Which features: `relu5_3` as the published code, `relu4_3` as the paper's text. */
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
  // No pooling follows: the published code leaves VGG's fourth out.
  { name: 'conv4_3', from: 512, to: 512 },
  { name: 'conv5_1', from: 512, to: 512 },
  { name: 'conv5_2', from: 512, to: 512 },
  { name: 'conv5_3', from: 512, to: 512 },
] as const;

export type VggLayerName = (typeof allLayers)[number]['name'];

/** By layer name; only the layers that the features need. */
export type VggParams = { readonly [name in VggLayerName]?: ConvBlockParams };

export interface Vgg16 extends Layer<VggParams> {
  readonly kind: 'vgg16';
  readonly features: VggFeatures;
  readonly layers: readonly { readonly name: VggLayerName; readonly block: ConvBlock }[];
  /** x [N, H, W, 3 or 1] in [−1, 1], H, W ≥ 8 -> [N, ⌊H/8⌋, ⌊W/8⌋, 512] */
  apply(params: VggParams, x: Tensor4D): Tensor4D;
}

/** 13 convolutions 3×3 (10 for relu4_3) with relu, 2×2 max pooling after conv1_2, conv2_2 and conv3_3. */
export function vgg16(options: { readonly features?: VggFeatures } = {}): Vgg16 {
  checkKeys('vgg16', options, ['features']);
  const { features = 'relu5_3' } = options;
  checkOneOf('vgg16', 'features', features, ['relu5_3', 'relu4_3']);
  const used = features === 'relu5_3' ? allLayers : allLayers.slice(0, 10);
  const layers = used.map((layer) => ({
    name: layer.name,
    pool: 'pool' in layer,
    block: convBlock({ inChannels: layer.from, outChannels: layer.to, kernel: 3, padding: 1 }),
  }));
  const parameters = Object.fromEntries(layers.map(({ name, block }) => [name, block.parameters]));
  return {
    kind: 'vgg16',
    features,
    layers,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as VggParams,
    apply: (params, x) =>
      scoped(() =>
        chain(preprocessForVgg(x), layers.flatMap(({ name, pool, block }) => [
          (y: Tensor4D) => block.apply(params[name] as ConvBlockParams, y),
          ...(pool ? [maxPool2d] : []),
        ])),
      ),
  };
}

/** Mean of ImageNet's blue, green and red, of 255. */
const channelMeans = [103.939, 116.779, 123.68] as const;

/**
 * Images as VGG16's published weights take them (`utils.py`, `vgg_preprocess`): y = 127.5 (x + 1) − mean, blue first.
 * One channel stands for all three. A 1×1 convolution by constants, so that it is one op with a right gradient.
 * @param x [N, H, W, 3 (red, green, blue) or 1] in [−1, 1]
 * @returns [N, H, W, 3]
 * @throws ShapeError for another number of channels
 */
export function preprocessForVgg(x: Tensor4D): Tensor4D {
  const channels = x.shape[3];
  if (channels !== 3 && channels !== 1) {
    throw new ShapeError(`preprocessForVgg: images must have 3 channels or 1, but they have ${channels}.`, {
      remedy: 'The perceptual loss is for colour or grey images; set vgg_w to 0 for others.',
    });
  }
  const half = 127.5;
  const weights = channels === 1 ? [half, half, half] : [0, 0, half, 0, half, 0, half, 0, 0];
  return scoped(() =>
    conv2d(x, tensor(weights, [1, 1, channels, 3]), tensor(channelMeans.map((mean) => half - mean), [3])),
  );
}
