/** VGG16 for the perceptual loss, from the bytes of a file. */
import { CheckpointMismatchError } from '@munit/core';
import { readFeatureWeights } from '@munit/formats';
import { fromOfficial, vgg16 } from '@munit/layers';
import type { TrainingConfig } from '../config/schema.js';
import type { PerceptualNetwork } from '../methods/method.js';

/**
 * VGG16 on the device that is open, fed with images as its weights expect them; the caller owns the weights. A PyTorch file (torchvision's
 * or the published names) or safetensors with those names; which of them is seen from its first bytes.
 * @param name what the file is called, for errors
 * @throws CheckpointMismatchError when it holds another network, or what its weights expect is not known and `vgg_preprocessing` does not say it
 */
export function vggOfBytes(bytes: Uint8Array, config: TrainingConfig, name: string): PerceptualNetwork {
  const { network: found, preprocessing, tensors } = readFeatureWeights(bytes, { preprocessing: config.vgg_preprocessing });
  if (found !== 'vgg16') throw new CheckpointMismatchError(`${name} holds ${found} and not VGG16.`, { remedy: 'Give a vgg16 .pth file of torchvision.' });
  const network = vgg16({ features: config.vgg_layer, preprocessing });
  return { network, params: fromOfficial(network, tensors) };
}
