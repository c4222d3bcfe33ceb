/** Writes pickles of protocol 2, the protocol of `torch.save`. */
import { ArgumentError } from '@munit/core';
import { DTYPES } from '../dtype.js';
import { TorchTensor } from '../tensor.js';
import { OP } from './opcodes.js';
import { OrderedDict, PyFloat, PyTuple, type Writable } from './writable.js';

const REBUILD = 'torch._utils\n_rebuild_tensor_v2\n';
const ORDERED = 'collections\nOrderedDict\n';

/** Bytes that grow. */
class Sink {
  #bytes = new Uint8Array(4096);
  #length = 0;

  put(...bytes: readonly number[]): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** `write` sets a number of `size` bytes. */
  number(size: number, write: (view: DataView) => void): void {
    this.#reserve(size);
    write(new DataView(this.#bytes.buffer, this.#length, size));
    this.#length += size;
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

export interface Pickled {
  readonly pickle: Uint8Array<ArrayBuffer>;
  /** Tensors in the order of their storage keys `0`, `1`, … */
  readonly storages: readonly TorchTensor[];
}

class Pickler {
  readonly sink = new Sink();
  readonly storages: TorchTensor[] = [];
  readonly keys = new Map<TorchTensor['data'], number>();

  value(value: Writable): void {
    if (value === null) this.sink.put(OP.NONE);
    else if (typeof value === 'boolean') this.sink.put(value ? OP.NEWTRUE : OP.NEWFALSE);
    else if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number') Number.isInteger(value) ? this.integer(value) : this.float(value);
    else if (value instanceof PyFloat) this.float(value.value);
    else if (value instanceof PyTuple) this.tuple(value.items);
    else if (value instanceof TorchTensor) this.tensor(value);
    else if (value instanceof OrderedDict) this.ordered(value.entries);
    else if (value instanceof Map) this.dict(value as ReadonlyMap<string | number, Writable>);
    else this.list(value as readonly Writable[]);
  }

  string(text: string): void {
    this.sink.put(OP.BINUNICODE);
    const bytes = new TextEncoder().encode(text).length;
    this.sink.number(4, (view) => view.setUint32(0, bytes, true));
    this.sink.text(text);
  }

  integer(value: number): void {
    if (value >= 0 && value < 256) this.sink.put(OP.BININT1, value);
    else if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.sink.put(OP.BININT);
      this.sink.number(4, (view) => view.setInt32(0, value, true));
    } else {
      if (!Number.isSafeInteger(value)) throw new ArgumentError(`${value} is beyond the whole numbers that are exact.`);
      this.sink.put(OP.LONG1, 8);
      this.sink.number(8, (view) => view.setBigInt64(0, BigInt(value), true));
    }
  }

  float(value: number): void {
    this.sink.put(OP.BINFLOAT);
    this.sink.number(8, (view) => view.setFloat64(0, value, false));
  }

  tuple(items: readonly Writable[]): void {
    this.sink.put(OP.MARK);
    for (const item of items) this.value(item);
    this.sink.put(OP.TUPLE);
  }

  list(items: readonly Writable[]): void {
    this.sink.put(OP.EMPTY_LIST, OP.MARK);
    for (const item of items) this.value(item);
    this.sink.put(OP.APPENDS);
  }

  dict(entries: Iterable<readonly [string | number, Writable]>): void {
    this.sink.put(OP.EMPTY_DICT);
    this.items(entries);
  }

  ordered(entries: Iterable<readonly [string | number, Writable]>): void {
    this.name(ORDERED);
    this.sink.put(OP.EMPTY_TUPLE, OP.REDUCE);
    this.items(entries);
  }

  items(entries: Iterable<readonly [string | number, Writable]>): void {
    this.sink.put(OP.MARK);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
    this.sink.put(OP.SETITEMS);
  }

  name(text: string): void {
    this.sink.put(OP.GLOBAL);
    this.sink.text(text);
  }

  /** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)` */
  tensor(tensor: TorchTensor): void {
    this.name(REBUILD);
    this.sink.put(OP.MARK);
    this.storage(tensor);
    this.integer(0);
    this.tuple(tensor.shape);
    this.tuple(strides(tensor.shape));
    this.value(false);
    this.ordered([]);
    this.sink.put(OP.TUPLE, OP.REDUCE);
  }

  /** Tensors with the same array share one storage, as tied weights do in PyTorch. */
  storage(tensor: TorchTensor): void {
    const known = this.keys.get(tensor.data);
    const key = known ?? this.storages.length;
    if (known === undefined) {
      this.keys.set(tensor.data, key);
      this.storages.push(tensor);
    }
    this.sink.put(OP.MARK);
    this.string('storage');
    this.name(`torch\n${DTYPES[tensor.dtype].storage}\n`);
    this.string(String(key));
    this.string('cpu');
    this.integer(tensor.data.length);
    this.sink.put(OP.TUPLE, OP.BINPERSID);
  }
}

/** Row-major strides. */
function strides(shape: readonly number[]): number[] {
  const result: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result.unshift(stride);
    stride *= Math.max(1, shape[axis] as number);
  }
  return result;
}

/** Writes a value; the same value gives the same bytes. @throws ArgumentError for a number that is not exact */
export function pickle(value: Writable): Pickled {
  const pickler = new Pickler();
  pickler.sink.put(OP.PROTO, 2);
  pickler.value(value);
  pickler.sink.put(OP.STOP);
  return { pickle: pickler.sink.done(), storages: pickler.storages };
}
