/** Between PyTorch's layouts and TensorFlow.js's. */
import { type NdArray, sizeOf } from './ndArray.js';

/**
 * The axes in another order: axis `i` of the result is axis `order[i]` of `array`.
 * @throws RangeError when `order` is not a permutation of the array's axes
 */
export function permute<A extends NdArray>(array: A, order: readonly number[]): A {
  const { shape, data } = array;
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== shape.length) {
    throw new RangeError(`[${order.join(', ')}] is not a permutation of the ${shape.length} axes of [${shape.join(', ')}].`);
  }
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const newShape = order.map((axis) => shape[axis] as number);
  const newStrides = order.map((axis) => strides[axis] as number);
  const result = data.slice();
  const at = newShape.map(() => 0);
  for (let i = 0, from = 0; i < data.length; i++) {
    result[i] = data[from] as number;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += newStrides[axis] as number;
      if ((at[axis] as number) < (newShape[axis] as number)) break;
      from -= (newStrides[axis] as number) * (newShape[axis] as number);
      at[axis] = 0;
    }
  }
  return { ...array, shape: newShape, data: result };
}

/** Images: PyTorch's [N, C, H, W] to [N, H, W, C]. */
export const nchwToNhwc = <A extends NdArray>(array: A): A => permute(array, [0, 2, 3, 1]);
/** Images: [N, H, W, C] to PyTorch's [N, C, H, W]. */
export const nhwcToNchw = <A extends NdArray>(array: A): A => permute(array, [0, 3, 1, 2]);
/** Convolution weights: PyTorch's [O, I, kh, kw] to [kh, kw, I, O]. */
export const oihwToHwio = <A extends NdArray>(array: A): A => permute(array, [2, 3, 1, 0]);
/** Convolution weights: [kh, kw, I, O] to PyTorch's [O, I, kh, kw]. */
export const hwioToOihw = <A extends NdArray>(array: A): A => permute(array, [3, 2, 0, 1]);
/** Dense weights: PyTorch's [out, in] to [in, out], and back. */
export const transpose2d = <A extends NdArray>(array: A): A => permute(array, [1, 0]);
