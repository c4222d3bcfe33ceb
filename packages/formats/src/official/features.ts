/** Feature networks: VGG16 under its two sets of names, AlexNet, and LPIPS' heads. */
import { CheckpointMismatchError, treeEntries } from '@munit/core';
import { alexnet, officialParameters, type OfficialLayer, type OfficialParameter, officialShape, type ParameterSpec, vgg16 } from '@munit/layers';
import { float32Tensor, type Float32Tensor, type StateDict, toFloat32, type Weights } from '../torch/tensor.js';

/**
 * Whose VGG16 it is. torchvision's takes RGB in [0, 1], normalised by ImageNet's mean and deviation;
 * Caffe's, which the published perceptual loss uses, takes BGR in [0, 255] less the mean. Same shapes, different weights.
 */
export type Vgg16Convention = 'torchvision' | 'caffe';

/** The network whose maps LPIPS compares. */
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
export const vgg16Weights = (weights: StateDict, convention: Vgg16Convention): Weights =>
  featureWeights(vgg16(), weights, 'VGG16 (configuration D, without batch norm)', ({ name, aliases }) => (convention === 'caffe' ? name : (aliases[0] ?? name)));

/** Whether a state dict is torchvision's AlexNet: its second convolution is the fourth module of `features`, and 5×5. */
export const isAlexnet = (weights: StateDict): boolean => weights.get('features.3.weight')?.shape.join() === '192,64,5,5';

/**
 * AlexNet's convolutions by torchvision's names (`features.0.weight`, …), in float32; the classifier is left out.
 * @throws CheckpointMismatchError when one is missing or misshapen
 */
export const alexnetWeights = (weights: StateDict): Weights => featureWeights(alexnet(), weights, "torchvision's AlexNet", ({ name }) => name);

/** A layer's tensors under its official names, from a file that calls them as `key` says. */
function featureWeights(layer: OfficialLayer, weights: StateDict, network: string, key: (parameter: OfficialParameter) => string): Weights {
  const specs = new Map(treeEntries<ParameterSpec>(layer.specs).map(({ path, leaf }) => [path, leaf.shape]));
  return new Map(
    officialParameters(layer).map((parameter): [string, Float32Tensor] => {
      const [name, shape] = [key(parameter), officialShape(parameter.layout, specs.get(parameter.path) ?? [])];
      const tensor = weights.get(name);
      if (tensor === undefined || tensor.shape.join() !== shape.join()) {
        throw new CheckpointMismatchError(
          `The tensor '${name}' should be [${shape.join(', ')}], and ${tensor === undefined ? 'is missing' : `is [${tensor.shape.join(', ')}]`}.`,
          { remedy: `Give the weights of ${network}.` },
        );
      }
      return [parameter.name, float32Tensor(shape, toFloat32(tensor))];
    }),
  );
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
