import { ArgumentError } from '../errors/index.js';
import { getBackend, type Tensor } from '../tfjs.js';

/**
 * The values of a tensor, row by row, as numbers of the caller's own. Works on every device; on a GPU it waits for the work before.
 * @throws ArgumentError for a tensor that was disposed of
 * @throws DeviceLostError | OutOfMemoryError | DeviceError when the device failed on the way
 */
export async function readTensor(x: Tensor): Promise<Float32Array> {
  if (x.isDisposed) throw new ArgumentError('readTensor: the tensor was disposed of.', { remedy: 'Read it before, or keep() it.' });
  const values = await x.data();
  // Other backends may hand out what they keep.
  return getBackend() === 'simd' && values instanceof Float32Array ? values : new Float32Array(values);
}
