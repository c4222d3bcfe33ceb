import { readFile } from 'node:fs/promises';
import { CheckpointMismatchError, ConfigError, readSafetensors } from '@munit/core';
import { readCheckpoint } from '@munit/formats';
import { fromOfficial, type OfficialTensor, vgg16, type VggParams } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';

/**
 * VGG16's weights that a configuration names, for the perceptual loss; undefined where it is off. The caller owns them.
 * A PyTorch file (torchvision's or the published names) or safetensors with those names.
 * @throws ConfigError when they are needed and cannot be read; CheckpointMismatchError when they are of another network
 */
export async function loadVgg(config: TrainingConfig): Promise<VggParams | undefined> {
  if (config.vgg_w === 0) return undefined;
  const path = config.vgg_weights;
  if (path === undefined) {
    throw new ConfigError(`The perceptual loss (vgg_w ${config.vgg_w}) needs the weights of VGG16, but vgg_weights names no file.`, {
      remedy: 'Set vgg_weights to a vgg16 .pth file of torchvision, or vgg_w to 0.',
    });
  }
  const bytes = new Uint8Array(
    await readFile(path).catch((cause: unknown) => {
      throw new ConfigError(`The weights of VGG16 cannot be read from ${path}.`, { cause, remedy: 'Check the path in vgg_weights.' });
    }),
  );
  return fromOfficial(vgg16({ features: config.vgg_layer }), path.endsWith('.safetensors') ? fromSafetensors(bytes) : fromPyTorch(bytes, path));
}

function fromSafetensors(bytes: Uint8Array): Map<string, OfficialTensor> {
  return new Map([...readSafetensors(bytes).tensors].map(([name, stored]) => [name, { shape: stored.shape, data: stored.float32() }]));
}

function fromPyTorch(bytes: Uint8Array, path: string): ReadonlyMap<string, OfficialTensor> {
  const checkpoint = readCheckpoint(bytes);
  if (checkpoint.kind !== 'vgg16') throw new CheckpointMismatchError(`${path} holds a ${checkpoint.kind} and not VGG16.`, { remedy: 'Set vgg_weights to a vgg16 .pth file of torchvision.' });
  return checkpoint.weights;
}
