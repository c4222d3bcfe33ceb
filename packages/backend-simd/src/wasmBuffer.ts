/** What the backend keeps for each tensor's data. */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { SimdError } from './errors.js';
import type { Runtime } from './runtime/runtime.js';

export type NumericArray = Float32Array | Int32Array | Uint8Array;

export const bytesPerElement = (dtype: DataType): number => (dtype === 'bool' ? 1 : 4);

/** A buffer in wasm memory (or, for strings and complex parents, none), with its reference count. */
export class WasmBuffer {
  refCount = 1;
  /** Values of a string tensor. */
  strings: Uint8Array[] | undefined;
  /** Parts of a complex tensor, under the name that TensorFlow.js's CPU kernels use. */
  complexTensorInfos: { real: TensorInfo; imag: TensorInfo } | undefined;
  readonly dtype: DataType;
  readonly length: number;
  readonly pointer: number;
  readonly #runtime: Runtime;
  /** All buffers of the backend that have a copy. */
  readonly #copies: Set<WasmBuffer>;
  #copy: NumericArray | undefined;

  constructor(runtime: Runtime, copies: Set<WasmBuffer>, dtype: DataType, length: number, pointer: number) {
    this.#runtime = runtime;
    this.#copies = copies;
    this.dtype = dtype;
    this.length = length;
    this.pointer = pointer;
  }

  /** The numbers where they lie. Without shared memory the view dies when the memory grows: use it at once. */
  view(): NumericArray {
    const buffer = this.#runtime.buffer();
    if (this.dtype === 'float32') return new Float32Array(buffer, this.pointer, this.length);
    if (this.dtype === 'bool') return new Uint8Array(buffer, this.pointer, this.length);
    return new Int32Array(buffer, this.pointer, this.length);
  }

  /**
   * The name under which TensorFlow.js's CPU kernels read and write data: the numbers where they lie. Where the memory is not shared, their
   * view would die when it grows in the middle of a kernel, so kernels get a copy, always the same one, which is written back after them.
   */
  get values(): NumericArray | Uint8Array[] {
    if (this.strings) return this.strings;
    if (this.#runtime.shared) return this.view();
    if (!this.#copy) {
      this.#copy = this.view().slice();
      this.#copies.add(this);
    }
    return this.#copy;
  }

  set values(values: ArrayLike<number> | Uint8Array[]) {
    if (this.dtype === 'string') this.strings = values as Uint8Array[];
    else if (this.pointer === 0) throw new SimdError('input', `A tensor of type ${this.dtype} has no buffer to write to.`);
    else {
      this.view().set(values as ArrayLike<number>);
      this.#copy?.set(values as ArrayLike<number>);
    }
  }

  /** Writes the copy back, where there is one. */
  writeBack(): void {
    if (this.#copy) this.view().set(this.#copy);
  }

  dropCopy(): void {
    this.#copy = undefined;
    this.#copies.delete(this);
  }
}
