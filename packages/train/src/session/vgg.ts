/** VGG16's weights for the perceptual loss, from the bytes of a file. */
import { CheckpointMismatchError, readSafetensors } from '@munit/core';
import { readCheckpoint } from '@munit/formats';
import { fromOfficial, type OfficialTensor, vgg16, type VggParams } from '@munit/layers';
import type { TrainingConfig } from '../config/schema.js';

/**
 * VGG16's weights on the device that is open; the caller owns them. A PyTorch file (torchvision's or the published names) or
 * safetensors with those names; which of them is seen from its first bytes.
 * @param name what the file is called, for errors
 * @throws CheckpointMismatchError when it holds another network
 */
export function vggOfBytes(bytes: Uint8Array, config: TrainingConfig, name: string): VggParams {
  // The JSON header of safetensors follows its length; no PyTorch file has a brace there.
  const weights = bytes[8] === 0x7b ? fromSafetensors(bytes) : fromPyTorch(bytes, name);
  return fromOfficial(vgg16({ features: config.vgg_layer }), weights);
}

function fromSafetensors(bytes: Uint8Array): Map<string, OfficialTensor> {
  return new Map([...readSafetensors(bytes).tensors].map(([name, stored]) => [name, { shape: stored.shape, data: stored.float32() }]));
}

function fromPyTorch(bytes: Uint8Array, name: string): ReadonlyMap<string, OfficialTensor> {
  const checkpoint = readCheckpoint(bytes);
  if (checkpoint.kind !== 'vgg16') throw new CheckpointMismatchError(`${name} holds a ${checkpoint.kind} and not VGG16.`, { remedy: 'Give a vgg16 .pth file of torchvision.' });
  return checkpoint.weights;
}
