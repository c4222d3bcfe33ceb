/** Files of feature networks (AlexNet, VGG16, SqueezeNet), with what their weights expect of an image. */
import { ArgumentError, CheckpointMismatchError, checkOptions, NonFiniteError, readSafetensors } from '@munit/core';
import type { FeaturePreprocessing } from '@munit/layers';
import { readTorch, torchFormOf } from '../torch/read.js';
import { isDict, type StateDict, toFloat32, TorchTensor } from '../torch/tensor.js';

/** Weights of a feature network under their own names, and the preprocessing that they were trained with. */
export interface FeatureWeights {
  /** Whose convolutions they are. */
  readonly network: 'alexnet' | 'vgg16' | 'squeezenet';
  /** What images must be brought to: see `FeaturePreprocessing` of `@munit/layers`. */
  readonly preprocessing: Exclude<FeaturePreprocessing, 'none'>;
  /** `features.0.weight` or `conv1_1.weight`, …: for `fromOfficial` of `@munit/layers`. The classifier is left out. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/** How `readFeatureWeights` reads. */
export interface FeatureWeightsOptions {
  /** For weights that cannot be recognised: what they expect. Where they are recognised, saying otherwise is an error. */
  readonly preprocessing?: Exclude<FeaturePreprocessing, 'none'> | undefined;
}

type Tensors = Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** The first numbers of the first filter: enough to tell trained weights, in float32 or float16, from any others. */
const knownWeights = [
  { network: 'vgg16', preprocessing: 'torchvision', filter: [-0.5537306, 0.1427047, 0.52896148, -0.58312404, 0.35655147, 0.7656623, -0.69022113, -0.04801885] },
  { network: 'alexnet', preprocessing: 'torchvision', filter: [0.11863963, 0.09406868, 0.09543519, 0.10515065, 0.10291012, 0.0672244, 0.05046584, 0.05012476] },
] as const;

/**
 * Reads AlexNet's, VGG16's or SqueezeNet 1.1's weights from a PyTorch file or a safetensors file, under torchvision's names or (VGG16) the names of the
 * published MUNIT code. torchvision's VGG16 takes RGB normalised by ImageNet's mean and deviation; Caffe's takes BGR of [0, 255] less
 * the mean. Fed with each other's images they give other features, without any sign of it: so the preprocessing comes with the weights.
 * It is recognised by their values (torchvision's), of SqueezeNet by torchvision's names, which no other weights have, or by the names that only the published MUNIT code writes (`conv1_1.weight`: Caffe's);
 * of others the caller must say it.
 * @throws CheckpointMismatchError when the file holds another network, its preprocessing is unknown, or it is said to be another
 * @throws TorchFileError | SafetensorsError when the file cannot be read
 * @throws NonFiniteError when a weight is NaN or infinite
 */
export function readFeatureWeights(file: Uint8Array, options: FeatureWeightsOptions = {}): FeatureWeights {
  checkOptions('readFeatureWeights', options, { preprocessing: true });
  if (options.preprocessing !== undefined && !['caffe', 'torchvision'].includes(options.preprocessing)) {
    throw new ArgumentError(`The preprocessing of feature weights is caffe or torchvision, but it is '${String(options.preprocessing)}'.`);
  }
  const tensors = tensorsOf(file);
  const published = tensors.has('conv1_1.weight');
  const first = tensors.get(published ? 'conv1_1.weight' : 'features.0.weight');
  const network = networkOf(first?.shape.join(), tensors);
  if (first === undefined || network === undefined) {
    const names = [...tensors.keys()].slice(0, 5).join(', ');
    throw new CheckpointMismatchError(`The file holds neither AlexNet, VGG16 nor SqueezeNet 1.1: ${names === '' ? 'no tensor has one of their names.' : `its tensors are ${names}, …`}`, {
      remedy: 'Give the state dict of torchvision’s alexnet, vgg16 or squeezenet1_1, or the vgg16 weights of the published MUNIT code.',
    });
  }
  for (const [name, { data }] of tensors) {
    if (!data.every(Number.isFinite)) throw new NonFiniteError(`The tensor '${name}' has values that are not finite.`, { remedy: 'The file is damaged: fetch it again.' });
  }
  const known = knownWeights.find((weights) => weights.network === network && weights.filter.every((value, i) => Math.abs(value - (first.data[i] as number)) < 1e-3));
  const recognised = known?.preprocessing ?? (published ? 'caffe' : network === 'squeezenet' ? 'torchvision' : undefined);
  return { network, preprocessing: agreed(network, recognised, options.preprocessing), tensors };
}

/** SqueezeNet's first convolution has the shape of VGG16's: its fire modules tell them apart. */
function networkOf(first: string | undefined, tensors: Tensors): FeatureWeights['network'] | undefined {
  if (first === '64,3,11,11') return 'alexnet';
  if (first !== '64,3,3,3') return undefined;
  return tensors.has('features.3.squeeze.weight') ? 'squeezenet' : 'vgg16';
}

function agreed(network: string, recognised: FeatureWeights['preprocessing'] | undefined, said: FeatureWeights['preprocessing'] | undefined): FeatureWeights['preprocessing'] {
  if (recognised !== undefined && said !== undefined && recognised !== said) {
    throw new CheckpointMismatchError(`These weights of ${network} expect images as ${recognised} prepares them, but ${said} was asked for.`, {
      remedy: 'Leave the preprocessing out: it comes with the weights.',
    });
  }
  const preprocessing = recognised ?? said;
  if (preprocessing === undefined) {
    throw new CheckpointMismatchError(`These weights of ${network} are not known, so that what they expect of an image is not known either.`, {
      remedy: "Say it: preprocessing 'torchvision' (RGB, ImageNet's mean and deviation) or 'caffe' (BGR of [0, 255] less the mean); in a configuration, vgg_preprocessing.",
    });
  }
  return preprocessing;
}

/** The convolutions' tensors in float32; `module.` of parallel training is left off, and so is the classifier. */
function tensorsOf(file: Uint8Array): Tensors {
  const tensors: Tensors = new Map();
  const keep = (name: string, shape: readonly number[], data: () => Float32Array): void => {
    const bare = name.replace(/^module\./, '');
    if (/^(features\.\d+(\.(squeeze|expand1x1|expand3x3))?|conv\d_\d)\.(weight|bias)$/.test(bare)) tensors.set(bare, { shape, data: data() });
  };
  if (torchFormOf(file) === undefined) for (const [name, stored] of readSafetensors(file).tensors) keep(name, stored.shape, stored.float32);
  else {
    const value = readTorch(file);
    if (isDict(value)) for (const [name, tensor] of value as StateDict) if (tensor instanceof TorchTensor) keep(name, tensor.shape, () => toFloat32(tensor));
  }
  return tensors;
}
