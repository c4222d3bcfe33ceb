/** VGG16's features, for the perceptual loss and LPIPS (`networks.py`, `Vgg16`; Simonyan & Zisserman 2015). */
import { checkKeys, checkOneOf, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import type { ColoursNode, Part, PoolNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { SpecsOf } from '../parameters/spec.js';
import { coloursNode, type FeaturePreprocessing, featurePreprocessings } from './preprocess.js';

/** The last features: `relu5_3` as the published code, `relu4_3` as the paper's text. */
export type VggFeatures = 'relu5_3' | 'relu4_3';

/** Convolutions with their place in torchvision's `features`; a pooling follows where `pool` says so. */
const allLayers = [
  { name: 'conv1_1', index: 0, from: 3, to: 64 },
  { name: 'conv1_2', index: 2, from: 64, to: 64, pool: true },
  { name: 'conv2_1', index: 5, from: 64, to: 128 },
  { name: 'conv2_2', index: 7, from: 128, to: 128, pool: true },
  { name: 'conv3_1', index: 10, from: 128, to: 256 },
  { name: 'conv3_2', index: 12, from: 256, to: 256 },
  { name: 'conv3_3', index: 14, from: 256, to: 256, pool: true },
  { name: 'conv4_1', index: 17, from: 256, to: 512 },
  { name: 'conv4_2', index: 19, from: 512, to: 512 },
  { name: 'conv4_3', index: 21, from: 512, to: 512 },
  { name: 'conv5_1', index: 24, from: 512, to: 512 },
  { name: 'conv5_2', index: 26, from: 512, to: 512 },
  { name: 'conv5_3', index: 28, from: 512, to: 512 },
] as const;

/** A convolution of VGG16 by its published name. */
export type VggLayerName = (typeof allLayers)[number]['name'];

/** A map of VGG16: the output of a convolution with its relu. */
export type VggTap = VggLayerName extends infer N ? (N extends `conv${infer Place}` ? `relu${Place}` : never) : never;

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
  /** `vgg16`. */
  readonly kind: 'vgg16';
  /** The last map. */
  readonly features: VggFeatures;
  /** x [N, H, W, 3 or 1] in [−1, 1], H, W ≥ 8 -> [N, ⌊H/8⌋, ⌊W/8⌋, 512] (⌊H/16⌋ for relu5_3 with pool4) */
  apply(params: VggParams, x: Tensor4D): Tensor4D;
  /**
   * The maps called `taps`, in that order. LPIPS reads relu1_2, relu2_2, relu3_3, relu4_3 and relu5_3, with pool4.
   * x as `apply` takes it; the caller owns the maps.
   * @throws ArgumentError for a map that this network does not have
   */
  taps(params: VggParams, x: Tensor4D, taps: readonly VggTap[]): Tensor4D[];
}

const maxPool: PoolNode = { op: 'pool', take: 'max', size: 2, stride: 2, padding: 0 };

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
  const blocks = used.map((layer) => ({ layer, block: convBlock({ inChannels: layer.from, outChannels: layer.to, kernel: 3, padding: 1 }, featureNames) }));
  const parts = blocks.flatMap(({ layer: { name, index, ...layer }, block }, i): Part[] => {
    const pooled = i < blocks.length - 1 && ('pool' in layer || (pool4 && name === 'conv4_3'));
    const own = { key: name, name, aliases: [`features.${index}`], tap: name.replace('conv', 'relu'), node: block.describe() };
    return pooled ? [own, { key: '', name: '', node: maxPool }] : [own];
  });
  const specs: SpecsOf<VggParams> = Object.fromEntries(blocks.map(({ layer, block }) => [layer.name, block.specs]));
  // A file of the whole network has a classifier, and layers beyond these features.
  const ignored = new RegExp(`^(classifier\\.|fc\\d|(${allLayers.map(({ name, index }) => `${name}|features\\.${index}`).join('|')})\\.)`);
  const node = { op: 'sequence', parts: [...before(preprocessing), ...parts], ignored } as const;
  const runner = runnerOf('vgg16', node);
  const taps = (params: VggParams, x: Tensor4D, names: readonly VggTap[]): Tensor4D[] => runner.taps(params, x, names) as Tensor4D[];
  return {
    ...layerOf<Vgg16>('vgg16', specs, node),
    features,
    apply: (params, x) => taps(params, x, [features])[0] as Tensor4D,
    taps,
  };
}

/** Feature networks are flat: a convolution has no level of its own within its block. */
export const featureNames = { conv: '', norm: '', activation: '' } as const;

/** The preprocessing as the first part of a network. */
export function before(preprocessing: FeaturePreprocessing): Part[] {
  const node: ColoursNode | undefined = coloursNode(preprocessing);
  return node === undefined ? [] : [{ key: '', name: '', node }];
}
