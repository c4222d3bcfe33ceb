/** What happens to an image before a network of features sees it. */
import { NonFiniteError, readTensor, ShapeError, tensor, type Tensor4D } from '@munit/core';
import { resizeBicubic } from './resizeBicubic.js';

/**
 * Images as networks of features see them: rounded to bytes, brought to `side`×`side`, in colour, as floating-point values in [−1, 1].
 * @param images [N, H, W, 3 or 1] in [−1, 1]; values beyond are clamped; the batch stays the caller's
 * @returns [N, side, side, 3], the caller's
 * @throws ShapeError for another shape
 * @throws NonFiniteError for NaN or an infinite value
 */
export async function prepareImages(images: Tensor4D, side: number): Promise<Tensor4D> {
  const [count, height, width, channels] = images.shape;
  if (images.rank !== 4 || (channels !== 3 && channels !== 1)) {
    throw new ShapeError(`Features are taken of images [N, H, W, 3 or 1], but the shape is [${images.shape.join(', ')}].`);
  }
  const values = await readTensor(images);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  const size = height * width * channels;
  if (bad >= 0) throw new NonFiniteError(`Image ${Math.floor(bad / size)} of a batch contains ${values[bad]}.`, { remedy: 'Look for NaN in the images: a model that has diverged gives such.' });
  const prepared = new Float32Array(count * side * side * 3);
  for (let n = 0; n < count; n++) {
    const bytes = values.slice(n * size, (n + 1) * size).map((value) => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5));
    const { data } = resizeBicubic({ height, width, channels, data: bytes }, side, side);
    for (let i = 0; i < side * side * 3; i++) {
      const value = data[channels === 3 ? i : Math.floor(i / 3)] as number;
      // The cubic overshoots at edges: clean-fid clips there.
      prepared[n * side * side * 3 + i] = Math.min(255, Math.max(0, value)) / 127.5 - 1;
    }
  }
  return tensor(prepared, [count, side, side, 3]);
}
