/** Tensors that lie in half precision on the device. */
import { detached } from '../../autodiff/tape.js';
import { ArgumentError, DeviceError, ShapeError } from '../../errors/index.js';
import { getBackend, hasKernel, runKernel, type Tensor } from '../../tfjs.js';
import { type Params, treeUpdate } from '../../tree.js';
import { formatShape } from '../shared/check.js';

/** Whether the device in use can store halves: WebGPU can, with or without `shader-f16`. */
export const hasHalfStorage = (): boolean => hasKernel('HalfStorage');

/**
 * x rounded to half precision (a relative 2⁻¹¹, and ±65504 at most), and stored so, in half the memory. `conv2d` by such weights and `normalize`
 * of such an x store their results so too, and read half the bytes; their sums are float32, and so is all that other ops and `readTensor`
 * see. For inference: gradients are right but gain nothing. The result is the caller's; no gradient flows.
 *
 * @param x its last axis a multiple of 4
 * @throws ShapeError for another last axis, or no values
 * @throws ArgumentError for another type than float32
 * @throws DeviceError where the device in use cannot store halves
 */
export function toHalfStorage<T extends Tensor>(x: T): T {
  if ((x.shape.at(-1) ?? 1) % 4 !== 0) throw new ShapeError(`toHalfStorage: the last axis must be a multiple of 4, but 'x' is ${formatShape(x.shape)}.`);
  if (x.size === 0) throw new ShapeError(`toHalfStorage: 'x' must have values, but it is ${formatShape(x.shape)}.`);
  if (x.dtype !== 'float32') throw new ArgumentError(`toHalfStorage: 'x' must be float32, but it is ${x.dtype}.`, { remedy: 'Convert it first.' });
  if (!hasHalfStorage()) {
    throw new DeviceError(`Half precision is stored on WebGPU only, but the device in use is '${getBackend()}'.`, { remedy: "Open 'webgpu', or keep float32." });
  }
  return detached(() => runKernel<T>('HalfStorage', { x }));
}

/**
 * The parameters of a network with the convolutions' weights in half precision, where their number of outputs is a multiple of 4: those tensors
 * are new and the caller's, the others the same as before. All maps but the image are then stored so too.
 * @throws DeviceError where the device in use cannot store halves
 */
export const withHalfWeights = <P extends Params>(params: P): P =>
  treeUpdate<Tensor, P>(params, (leaf) => (leaf.rank === 4 && (leaf.shape[3] as number) % 4 === 0 ? toHalfStorage(leaf) : leaf));
