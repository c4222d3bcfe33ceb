/** What can be written to a PyTorch file. */
import type { TorchTensor } from '../tensor.js';

/** A Python float, also where its value is whole (`1.0`). */
export class PyFloat {
  /** Its value. */
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A Python tuple; arrays are lists. */
export class PyTuple {
  /** Its values. */
  readonly items: readonly Writable[];

  constructor(items: readonly Writable[]) {
    this.items = items;
  }
}

/** `collections.OrderedDict`, what `state_dict()` gives; maps are plain dictionaries. */
export class OrderedDict {
  /** In order. */
  readonly entries: ReadonlyMap<string, Writable>;

  constructor(entries: ReadonlyMap<string, Writable>) {
    this.entries = entries;
  }
}

/** Whole numbers become Python's int, others its float. */
export type Writable =
  | null
  | boolean
  | number
  | string
  | PyFloat
  | PyTuple
  | OrderedDict
  | TorchTensor
  | readonly Writable[]
  | ReadonlyMap<string | number, Writable>;
