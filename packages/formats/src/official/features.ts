/** Feature networks: VGG16 under its two sets of names, AlexNet, and LPIPS' heads. */
import { CheckpointMismatchError } from '@munit/core';
import { float32Tensor, type Float32Tensor, type StateDict, toFloat32, type Weights } from '../torch/index.js';

/** VGG16's convolutions by name, with their place in torchvision's `features`, and their channels. */
export const VGG16_CONVOLUTIONS = [
  { name: 'conv1_1', index: 0, into: 3, out: 64 },
  { name: 'conv1_2', index: 2, into: 64, out: 64 },
  { name: 'conv2_1', index: 5, into: 64, out: 128 },
  { name: 'conv2_2', index: 7, into: 128, out: 128 },
  { name: 'conv3_1', index: 10, into: 128, out: 256 },
  { name: 'conv3_2', index: 12, into: 256, out: 256 },
  { name: 'conv3_3', index: 14, into: 256, out: 256 },
  { name: 'conv4_1', index: 17, into: 256, out: 512 },
  { name: 'conv4_2', index: 19, into: 512, out: 512 },
  { name: 'conv4_3', index: 21, into: 512, out: 512 },
  { name: 'conv5_1', index: 24, into: 512, out: 512 },
  { name: 'conv5_2', index: 26, into: 512, out: 512 },
  { name: 'conv5_3', index: 28, into: 512, out: 512 },
] as const;

/**
 * Whose VGG16 it is. torchvision's takes RGB in [0, 1], normalised by ImageNet's mean and deviation;
 * Caffe's, which the published perceptual loss uses, takes BGR in [0, 255] less the mean. Same shapes, different weights.
 */
export type Vgg16Convention = 'torchvision' | 'caffe';

export type LpipsNetwork = 'alex' | 'vgg' | 'squeeze';

const LPIPS_CHANNELS: Readonly<Record<LpipsNetwork, readonly number[]>> = {
  alex: [64, 192, 384, 256, 256],
  vgg: [64, 128, 256, 512, 512],
  squeeze: [64, 128, 256, 384, 384, 512, 512],
};

const LPIPS_HEAD = /^(?:module\.)?(?:net\.)?lin(\d)\.model\.1\.weight$/;

/** Which VGG16 a state dict is, if any: AlexNet's `features` have none at 28. */
export function vgg16Convention(weights: StateDict): Vgg16Convention | undefined {
  if (weights.has('conv5_3.weight')) return 'caffe';
  return weights.get('features.28.weight')?.shape.length === 4 ? 'torchvision' : undefined;
}

/**
 * The convolutions by the names `conv1_1.weight`, `conv1_1.bias`, …, in float32; the classifier is left out.
 * @throws CheckpointMismatchError when one is missing or misshapen
 */
export function vgg16Weights(weights: StateDict, convention: Vgg16Convention): Weights {
  const result = new Map<string, Float32Tensor>();
  for (const { name, index, into, out } of VGG16_CONVOLUTIONS) {
    const from = convention === 'caffe' ? name : `features.${index}`;
    result.set(`${name}.weight`, pick(weights, `${from}.weight`, [out, into, 3, 3], VGG16));
    result.set(`${name}.bias`, pick(weights, `${from}.bias`, [out], VGG16));
  }
  return result;
}

/** AlexNet's convolutions in torchvision's `features`, with their channels and kernels. */
const ALEXNET_CONVOLUTIONS = [
  { index: 0, into: 3, out: 64, kernel: 11 },
  { index: 3, into: 64, out: 192, kernel: 5 },
  { index: 6, into: 192, out: 384, kernel: 3 },
  { index: 8, into: 384, out: 256, kernel: 3 },
  { index: 10, into: 256, out: 256, kernel: 3 },
] as const;

/** Whether a state dict is torchvision's AlexNet: its second convolution is the fourth module of `features`, and 5×5. */
export function isAlexnet(weights: StateDict): boolean {
  return weights.get('features.3.weight')?.shape.join() === '192,64,5,5';
}

/**
 * AlexNet's convolutions by torchvision's names (`features.0.weight`, …), in float32; the classifier is left out.
 * @throws CheckpointMismatchError when one is missing or misshapen
 */
export function alexnetWeights(weights: StateDict): Weights {
  const result = new Map<string, Float32Tensor>();
  for (const { index, into, out, kernel } of ALEXNET_CONVOLUTIONS) {
    const name = `features.${index}`;
    result.set(`${name}.weight`, pick(weights, `${name}.weight`, [out, into, kernel, kernel], ALEXNET));
    result.set(`${name}.bias`, pick(weights, `${name}.bias`, [out], ALEXNET));
  }
  return result;
}

const VGG16 = 'VGG16 (configuration D, without batch norm)';
const ALEXNET = "torchvision's AlexNet";

function pick(weights: StateDict, name: string, shape: readonly number[], network: string): Float32Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    throw new CheckpointMismatchError(
      `The tensor '${name}' should be [${shape.join(', ')}], and ${tensor === undefined ? 'is missing' : `is [${tensor.shape.join(', ')}]`}.`,
      { remedy: `Give the weights of ${network}.` },
    );
  }
  return float32Tensor(shape, toFloat32(tensor));
}

/** LPIPS' heads by place, if a state dict has nothing but heads (torchvision-style backbones come apart from them). */
export function lpipsHeads(weights: StateDict): { readonly network: LpipsNetwork; readonly heads: Weights } | undefined {
  const heads = new Map<string, Float32Tensor>();
  const channels: number[] = [];
  for (const [name, tensor] of weights) {
    const place = LPIPS_HEAD.exec(name)?.[1];
    if (place === undefined || tensor.shape.length !== 4) continue;
    channels[Number(place)] = tensor.shape[1] ?? 0;
    heads.set(`lin${place}`, float32Tensor([tensor.shape[1] ?? 0], toFloat32(tensor)));
  }
  const found = Object.entries(LPIPS_CHANNELS).find(([, expected]) => expected.join() === channels.join());
  if (found === undefined || found[1].length !== heads.size) return undefined;
  return { network: found[0] as LpipsNetwork, heads };
}
