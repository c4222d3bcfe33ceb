/** Element types of PyTorch files, and how their bytes become typed arrays. */
import { fromHalves } from '@munit/core';
import { bfloat16ToFloat32 } from './half.js';

/** Types of tensors that are read. */
export type TorchDtype =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** The values of a tensor: half precision is widened to float32, booleans are 0 and 1. */
export type TorchData =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

export interface DtypeInfo {
  readonly bytes: number;
  /** Name of PyTorch's storage class. */
  readonly storage: string;
  /** Turns little-endian bytes, whose buffer is exactly theirs, into values. */
  readonly values: (bytes: Uint8Array<ArrayBuffer>) => TorchData;
}

export const DTYPES: Readonly<Record<TorchDtype, DtypeInfo>> = {
  float32: { bytes: 4, storage: 'FloatStorage', values: (b) => new Float32Array(b.buffer) },
  float64: { bytes: 8, storage: 'DoubleStorage', values: (b) => new Float64Array(b.buffer) },
  float16: { bytes: 2, storage: 'HalfStorage', values: (b) => fromHalves(new Uint16Array(b.buffer)) },
  bfloat16: { bytes: 2, storage: 'BFloat16Storage', values: (b) => bfloat16ToFloat32(new Uint16Array(b.buffer)) },
  int64: { bytes: 8, storage: 'LongStorage', values: (b) => new BigInt64Array(b.buffer) },
  int32: { bytes: 4, storage: 'IntStorage', values: (b) => new Int32Array(b.buffer) },
  int16: { bytes: 2, storage: 'ShortStorage', values: (b) => new Int16Array(b.buffer) },
  int8: { bytes: 1, storage: 'CharStorage', values: (b) => new Int8Array(b.buffer) },
  uint8: { bytes: 1, storage: 'ByteStorage', values: (b) => b },
  bool: { bytes: 1, storage: 'BoolStorage', values: (b) => b.map((value) => (value === 0 ? 0 : 1)) },
};

/** PyTorch's storage class names, to element types. */
export const STORAGE_DTYPES: ReadonlyMap<string, TorchDtype> = new Map(
  Object.entries(DTYPES).map(([dtype, info]) => [info.storage, dtype as TorchDtype]),
);
