/** Colour transforms in front of feature networks, as one op. */
import { conv2d, scoped, ShapeError, tensor, type Tensor4D } from '@munit/core';
import type { ColoursNode } from './nodes.js';

/** y[c] = gain[c] · x[from[c]] + offset[c]. */
export type ColourTransform = Omit<ColoursNode, 'op'>;

/**
 * The colour transform as a 1×1 convolution by constants, so that it is one op with a right gradient.
 * One channel stands for all three.
 * @param x [N, H, W, 3 (red, green, blue) or 1] in [−1, 1]
 * @returns [N, H, W, 3]
 * @throws ShapeError for another number of channels
 */
export function transformColours(x: Tensor4D, { from, gain, offset }: ColourTransform): Tensor4D {
  const channels = x.shape[3];
  if (channels !== 3 && channels !== 1) {
    throw new ShapeError(`Feature networks: images must have 3 channels or 1, but they have ${channels}.`, {
      remedy: 'The perceptual loss is for colour or grey images; set vgg_w to 0 for others.',
    });
  }
  const rows = Array.from({ length: channels }, (_, i) => from.map((source, c) => (channels === 1 || source === i ? (gain[c] as number) : 0)));
  return scoped(() => conv2d(x, tensor(rows.flat(), [1, 1, channels, 3]), tensor([...offset], [3])));
}
