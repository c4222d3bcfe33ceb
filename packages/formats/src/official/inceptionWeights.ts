/** Files of Inception v3: pytorch-fid's, whose features the FID is defined on, and torchvision's. */
import { CheckpointMismatchError, NonFiniteError, readSafetensors } from '@munit/core';
import { foldBatchNorms, type InceptionVariant, type OfficialTensor } from '@munit/layers';
import { readTorch, torchFormOf } from '../torch/read.js';
import { isDict, type StateDict, toFloat32, TorchTensor } from '../torch/tensor.js';

/** Inception's weights for inference. */
export interface InceptionWeights {
  /** Which of the two networks they are of: they have the same layers and other poolings. */
  readonly variant: InceptionVariant;
  /** Outputs of the classifier; 0 where the file has none. */
  readonly classes: number;
  /** With batch norms folded into the convolutions: for `fromOfficial` of `inceptionV3({ variant, classes })`, which ignores a second classifier. */
  readonly tensors: ReadonlyMap<string, OfficialTensor>;
}

/** Outputs of the classifier of TensorFlow's network of 2015, by which it is known. */
const TENSORFLOW_CLASSES = 1008;
/** ε of Inception's batch norms. */
const EPSILON = 0.001;

/**
 * Reads Inception v3 from a PyTorch file or a safetensors file, under torchvision's names, which pytorch-fid's file has too. A classifier of
 * 1008 outputs is that of TensorFlow's network, whose features the FID is defined on; any other is torchvision's, or one fine-tuned.
 * @throws CheckpointMismatchError when the file holds another network, or a part of this one
 * @throws TorchFileError | SafetensorsError when the file cannot be read
 * @throws NonFiniteError when a weight is NaN or infinite
 */
export function readInceptionWeights(file: Uint8Array): InceptionWeights {
  const tensors = tensorsOf(file);
  if (tensors.get('Conv2d_1a_3x3.conv.weight')?.shape.join() !== '32,3,3,3' || !tensors.has('Mixed_7c.branch_pool.conv.weight')) {
    throw new CheckpointMismatchError(`The file does not hold Inception v3: its tensors are ${[...tensors.keys()].slice(0, 5).join(', ')}, …`, {
      remedy: "Give pytorch-fid's pt_inception-2015-12-05-6726825d.pth or torchvision's inception_v3; `munit weights` says where they are.",
    });
  }
  for (const [name, { data }] of tensors) {
    if (!data.every(Number.isFinite)) throw new NonFiniteError(`The tensor '${name}' has values that are not finite.`, { remedy: 'The file is damaged: fetch it again.' });
  }
  const classes = tensors.get('fc.weight')?.shape[0] ?? 0;
  return { variant: classes === TENSORFLOW_CLASSES ? 'fid' : 'torchvision', classes, tensors: foldBatchNorms(tensors, EPSILON) };
}

/** The tensors in float32, without the second classifier; `module.` of parallel training is left off. */
function tensorsOf(file: Uint8Array): Map<string, OfficialTensor> {
  const tensors = new Map<string, OfficialTensor>();
  const keep = (name: string, shape: readonly number[], data: () => Float32Array): void => {
    const bare = name.replace(/^module\./, '');
    if (!/^AuxLogits\.|\.num_batches_tracked$/.test(bare)) tensors.set(bare, { shape, data: data() });
  };
  if (torchFormOf(file) === undefined) for (const [name, stored] of readSafetensors(file).tensors) keep(name, stored.shape, stored.float32);
  else {
    const value = readTorch(file);
    if (isDict(value)) for (const [name, tensor] of value as StateDict) if (tensor instanceof TorchTensor) keep(name, tensor.shape, () => toFloat32(tensor));
  }
  return tensors;
}
