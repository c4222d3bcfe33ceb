/** Where the backend finds a tensor's buffer, and TensorFlow.js what it notes about one: on the identity itself. */
import { DataStorage, type engine, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBuffer } from './wasmBuffer.js';

type DataId = TensorInfo['dataId'];

/** TensorFlow.js asks for buffers by objects that are nothing but identities. */
interface Holder {
  [HELD]?: { readonly by: TensorStorage; readonly buffer: WasmBuffer } | undefined;
}

const HELD = Symbol('buffer');

/**
 * TensorFlow.js's storage is a weak map, whose entries cost each garbage collection a walk: with some thousand tensors in a step of
 * training on small images, more than some of its kernels. A property of the identity costs nothing.
 */
export class TensorStorage extends DataStorage<WasmBuffer> {
  #count = 0;

  override get(dataId: DataId): WasmBuffer {
    const held = (dataId as Holder)[HELD];
    if (held?.by === this) return held.buffer;
    // It is another backend's: TensorFlow.js's storage has it moved here, and then asks again.
    super.get(dataId);
    return ((dataId as Holder)[HELD] as { readonly buffer: WasmBuffer }).buffer;
  }

  override set(dataId: DataId, buffer: WasmBuffer): void {
    this.#count++;
    (dataId as Holder)[HELD] = { by: this, buffer };
  }

  override has(dataId: DataId): boolean {
    return (dataId as Holder)[HELD]?.by === this;
  }

  override delete(dataId: DataId): boolean {
    if (!this.has(dataId)) return false;
    this.#count--;
    (dataId as Holder)[HELD] = undefined;
    return true;
  }

  override numDataIds(): number {
    return this.#count;
  }
}

/** What TensorFlow.js notes about a tensor's data. */
type Notes = ReturnType<typeof engine>['state']['tensorInfo'];
type Note = NonNullable<ReturnType<Notes['get']>>;

interface Noted {
  [NOTE]?: Note | undefined;
  /** Whose: an engine that was reset has new notes, and knows nothing of the tensors before. */
  [NOTED_BY]?: TensorNotes | undefined;
}

const NOTE = Symbol('note');
const NOTED_BY = Symbol('noted by');

/**
 * As `TensorStorage`, for the engine's notes about data (which backend, how large), of which TensorFlow.js has a weak map, too. What was noted
 * before is found where it is.
 */
export class TensorNotes extends WeakMap<DataId, Note> implements Notes {
  readonly #before: Notes;

  constructor(before: Notes) {
    super();
    this.#before = before;
  }

  override get(dataId: DataId): Note | undefined {
    return this.#holds(dataId) ? (dataId as Noted)[NOTE] : this.#before.get(dataId);
  }

  override set(dataId: DataId, note: Note): this {
    const noted = dataId as Noted;
    noted[NOTE] = note;
    noted[NOTED_BY] = this;
    return this;
  }

  override has(dataId: DataId): boolean {
    return this.#holds(dataId) || this.#before.has(dataId);
  }

  override delete(dataId: DataId): boolean {
    if (!this.#holds(dataId)) return this.#before.delete(dataId);
    const noted = dataId as Noted;
    noted[NOTE] = undefined;
    noted[NOTED_BY] = undefined;
    return true;
  }

  #holds(dataId: DataId): boolean {
    return (dataId as Noted)[NOTED_BY] === this;
  }
}
