/** Random weights of the networks that judge images, with torchvision's names. */
import { Rng, type Tensor, treeLeaves } from '@munit/core';
import { alexnet, type OfficialTensor, toOfficial, vgg16 } from '@munit/layers';
import type { Arrays } from './tensors.js';

const alexnetWidths = [64, 192, 384, 256, 256] as const;

/** AlexNet, and the heads of LPIPS (`head.0` …). */
export async function drawLpips(seed: number): Promise<Arrays> {
  const rng = new Rng(seed);
  const network = alexnet();
  const params = network.init(rng);
  const drawn = await toOfficial(network, params);
  for (const leaf of treeLeaves<Tensor>(params)) leaf.dispose();
  const heads = alexnetWidths.map((width, level): [string, OfficialTensor] => [`head.${level}`, { shape: [width], data: rng.uniforms(width, 0, 0.1) }]);
  return new Map([...drawn, ...heads]);
}

/** VGG16 to its last features. */
export async function drawVgg16(seed: number): Promise<Arrays> {
  const network = vgg16({ pool4: true, preprocessing: 'torchvision' });
  const params = network.init(new Rng(seed));
  const drawn = await toOfficial(network, params);
  for (const leaf of treeLeaves<Tensor>(params)) leaf.dispose();
  return drawn;
}
