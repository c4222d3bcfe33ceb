/** What the unpickler's stack holds besides plain values. */
import type { TorchDtype } from '../dtype.js';
import type { TorchKey, TorchTensor } from '../tensor.js';

/** A Python name that the file mentions. Only a name: nothing is ever looked up or called. */
export class PickleName {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  get full(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A block of elements that lies elsewhere in the file. */
export class StorageRef {
  readonly key: string;
  readonly dtype: TorchDtype;
  /** Elements of the whole block. */
  readonly count: number;
  /** The part of the block that this storage is, in elements (older files have views of storages). */
  readonly start: number;
  readonly length: number;

  constructor(key: string, dtype: TorchDtype, count: number, start = 0, length = count) {
    this.key = key;
    this.dtype = dtype;
    this.count = count;
    this.start = start;
    this.length = length;
  }
}

/** A tensor whose values are filled in once the storages are known. */
export class PendingTensor {
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  tensor: TorchTensor | undefined = undefined;

  constructor(storage: StorageRef, offset: number, shape: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }
}

export type PickleDict = Map<TorchKey, PickleValue>;

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleName
  | StorageRef
  | PendingTensor
  | PickleValue[]
  | PickleDict;
