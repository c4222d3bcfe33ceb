/** A tensor of a PyTorch file: contiguous, row-major, in PyTorch's layout. */
import type { TorchData, TorchDtype } from './dtype.js';

/** A tensor of a PyTorch file. */
export class TorchTensor<D extends TorchData = TorchData> {
  /** Type in the file; the values of half precision are float32 here. */
  readonly dtype: TorchDtype;
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: D;

  constructor(dtype: TorchDtype, shape: readonly number[], data: D) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }
}

/** Names of a module's tensors, in the module's order, to the tensors: PyTorch's `state_dict()`. */
export type StateDict = ReadonlyMap<string, TorchTensor>;

/** A network's tensors by their published names, in float32. */
export type Weights = ReadonlyMap<string, Float32Tensor>;

/** A tensor whose values are float32. */
export type Float32Tensor = TorchTensor<Float32Array<ArrayBuffer>>;

/** A Python dictionary. A map, not an object: no key (`__proto__`) means anything special. */
export type TorchDict = ReadonlyMap<TorchKey, TorchValue>;
/** A key of a Python dictionary. */
export type TorchKey = string | number | bigint | boolean;

/** What a PyTorch file holds. Lists and tuples are arrays; integers beyond 2^53 are bigint. */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | readonly TorchValue[]
  | TorchDict;

/** Whether a value is a dictionary. */
export function isDict(value: TorchValue | undefined): value is TorchDict {
  return value instanceof Map;
}

/** A float32 tensor. */
export function float32Tensor(shape: readonly number[], data: Float32Array<ArrayBuffer>): Float32Tensor {
  return new TorchTensor('float32', shape, data);
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** The values as float32: the same array where they are so already. */
export function toFloat32(tensor: TorchTensor): Float32Array<ArrayBuffer> {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}
