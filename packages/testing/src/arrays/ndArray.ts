/** Plain arrays with a shape, row-major: what references compute on and what tensors are compared as. */
export interface NdArray {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Values in row-major order. */
  readonly data: Float32Array | Float64Array;
}

/** An `NdArray` in double precision: what a reference takes and gives. */
export interface NdArray64 extends NdArray {
  /** Values in float64, row-major. */
  readonly data: Float64Array;
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Checks that `data` fills `shape`. @throws RangeError otherwise */
export function ndArray<D extends Float32Array | Float64Array>(shape: readonly number[], data: D): { readonly shape: readonly number[]; readonly data: D } {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`The shape [${shape.join(', ')}] holds ${sizeOf(shape)} values, but got ${data.length}.`);
  }
  return { shape: [...shape], data };
}

/** A copy in double precision. */
export function toFloat64(array: NdArray): NdArray64 {
  return { shape: array.shape, data: Float64Array.from(array.data) };
}

/** The largest magnitude among the finite values; 0 when there is none. */
export function largestMagnitude(array: NdArray): number {
  let largest = 0;
  for (const value of array.data) {
    const magnitude = Math.abs(value);
    if (magnitude > largest && magnitude !== Infinity) largest = magnitude;
  }
  return largest;
}

/** The coordinates of a flat index. */
export function unravel(index: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates;
}
