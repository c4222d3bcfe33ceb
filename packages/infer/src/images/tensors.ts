/** Between images and tensors of the device in use: apart, so that a page whose translator is in a worker fetches TensorFlow.js only when it has tensors. */
import { ShapeError } from '@munit/core/errors';
import { readTensor, type Tensor, type Tensor4D, tensor } from '@munit/core/tensors';
import type { FloatImage } from '@munit/images';

/** [1, H, W, C]; the values may become its own. */
export const tensorOf = ({ values, width, height, channels }: FloatImage): Tensor4D => tensor(values, [1, height, width, channels]) as Tensor4D;

/** @throws ShapeError unless it is one image */
export async function imageOfTensor(x: Tensor): Promise<FloatImage> {
  const [height, width, channels] = x.rank === 4 && x.shape[0] === 1 ? x.shape.slice(1) : x.rank === 3 ? x.shape : [];
  if (height === undefined || width === undefined || channels === undefined) {
    throw new ShapeError(`An image tensor must be [H, W, C] or [1, H, W, C], but it is [${x.shape.join(', ')}].`, {
      remedy: 'Give a batch as an array of images.',
    });
  }
  return { width, height, channels, values: (await readTensor(x)) as Float32Array<ArrayBuffer> };
}
