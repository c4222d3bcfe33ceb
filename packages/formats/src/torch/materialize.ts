/** From storages and views to tensors of their own, contiguous and row-major. */
import { TorchFileError } from '../errors.js';
import { DTYPES, type TorchDtype } from './dtype.js';
import type { Limits } from './limits.js';
import type { PendingTensor, StorageRef } from './pickle/values.js';
import { sizeOf, TorchTensor } from './tensor.js';

/** The little-endian bytes of a whole storage block. */
export type Storages = (storage: StorageRef) => Uint8Array;

/** Views may repeat elements; together tensors may take this many times what the storages hold. */
const MAX_EXPANSION = 4;
const SMALL = 65536;

function refuse(what: string): TorchFileError {
  return new TorchFileError(what, { remedy: 'The file is damaged or was made to mislead.' });
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis] as number;
  }
  return true;
}

/** A copy whose buffer holds nothing else, so that it can be seen as any type. */
function copyOf(from: Uint8Array, start: number, count: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(count);
  result.set(from.subarray(start, start + count));
  return result;
}

/** Copies the elements of a strided view, last axis fastest. */
function gather(from: Uint8Array, pending: PendingTensor, first: number, itemBytes: number): Uint8Array<ArrayBuffer> {
  const { shape, stride } = pending;
  const count = sizeOf(shape);
  const result = new Uint8Array(count * itemBytes);
  const index = new Array<number>(shape.length).fill(0);
  let element = first;
  for (let i = 0; i < count; i++) {
    const source = element * itemBytes;
    for (let b = 0; b < itemBytes; b++) result[i * itemBytes + b] = from[source + b] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      element += stride[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      element -= (shape[axis] as number) * (stride[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

/** Elements of a view. @throws TorchFileError when it reaches outside its storage. */
function checkView(pending: PendingTensor): number {
  const { shape, stride, offset, storage } = pending;
  const count = sizeOf(shape);
  if (!Number.isSafeInteger(count)) throw refuse(`A tensor claims the impossible shape [${shape.join(', ')}].`);
  if (count === 0) return 0;
  const last = shape.reduce((at, dim, axis) => at + (dim - 1) * (stride[axis] as number), offset);
  if (last >= storage.length) {
    throw refuse(
      `A tensor of shape [${shape.join(', ')}] reaches element ${last} of a storage that has ${storage.length}.`,
    );
  }
  return count;
}

/** Makes tensors; keeps count of what they take. Tensors that are the same view share one array. */
export class Materializer {
  readonly #storages: Storages;
  readonly #limits: Limits;
  readonly #made = new Map<string, TorchTensor>();
  readonly #seen = new Map<string, TorchDtype>();
  #storageBytes = 0;
  #tensorBytes = 0;

  constructor(storages: Storages, limits: Limits) {
    this.#storages = storages;
    this.#limits = limits;
  }

  /** @throws TorchFileError when the view is impossible or the tensors take too much together. */
  tensor(pending: PendingTensor): TorchTensor {
    if (pending.tensor !== undefined) return pending.tensor;
    const { storage, offset, shape, stride } = pending;
    const key = JSON.stringify([storage.key, storage.dtype, storage.start + offset, shape, stride]);
    const tensor = this.#made.get(key) ?? this.#make(pending);
    this.#made.set(key, tensor);
    pending.tensor = tensor;
    return tensor;
  }

  #make(pending: PendingTensor): TorchTensor {
    const { storage, shape, stride, offset } = pending;
    const info = DTYPES[storage.dtype];
    const count = checkView(pending);
    this.#account(storage, count * info.bytes);
    const from = this.#storages(storage);
    const first = storage.start + offset;
    const bytes =
      count === 0
        ? new Uint8Array(0)
        : isContiguous(shape, stride)
          ? copyOf(from, first * info.bytes, count * info.bytes)
          : gather(from, pending, first, info.bytes);
    return new TorchTensor(storage.dtype, shape, info.values(bytes));
  }

  #account(storage: StorageRef, bytes: number): void {
    if (!this.#seen.has(storage.key)) {
      this.#seen.set(storage.key, storage.dtype);
      this.#storageBytes += storage.count * DTYPES[storage.dtype].bytes;
    }
    this.#tensorBytes += bytes;
    const most = Math.min(this.#limits.maxBytes, MAX_EXPANSION * this.#storageBytes + SMALL);
    if (this.#storageBytes > this.#limits.maxBytes || this.#tensorBytes > most) {
      throw new TorchFileError(
        `The tensors of the file take more than ${most} bytes, the most that its ${this.#storageBytes} bytes of data may become.`,
        { remedy: 'If the file is sound, raise maxBytes; otherwise do not trust it.' },
      );
    }
  }
}
