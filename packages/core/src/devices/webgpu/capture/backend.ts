/** TensorFlow.js's WebGPU backend, with work that is captured once and run many times. */
import { type BackendValues, type DataType, engine, env, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { ArgumentError } from '../../../errors/index.js';
import type { CapturedUpdate, CapturedWork, UpdatingWork } from '../../types.js';
import { runKernel } from '../../../tfjs.js';
import { type BufferPool, CapturedBuffers } from './buffers.js';
import { type Command, encode, notingEncoder, submissions } from './commands.js';
import { emptyStream, exchange, type Stream } from './stream.js';

/** While work is captured. */
interface Session {
  readonly encoder: GPUCommandEncoder;
  /** Tensors that the work made; all others are from outside. */
  readonly made: Set<object>;
  /** Tensors from outside that the work may overwrite. */
  readonly updated: ReadonlySet<object>;
  /** The backend's own stream, which waits meanwhile. */
  outside: Stream;
  /** What the work did that cannot be captured, should it have caught the error. */
  refused: ArgumentError | undefined;
}

/** What has been noted. */
interface Noted {
  readonly parts: readonly (readonly Command[])[];
  readonly from: readonly GPUBuffer[];
  readonly to: Place;
  readonly bytes: number;
  readonly dispose: () => void;
}

/** A tensor in a fixed place. */
interface Place {
  readonly buffer: GPUBuffer;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/**
 * `capture` runs the work's JavaScript with the backend in another stream, whose encoder notes what it is given, and whose buffers are the
 * work's alone. Nothing is handed to the GPU, apart from the upload of tensors from outside that are in JavaScript still.
 */
export class CapturingBackend extends WebGPUBackend {
  #session: Session | undefined;
  #capturedBytes = 0;

  /** @see Device.capture */
  capture(inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): CapturedWork {
    const { bytes, dispose, ...noted } = this.#note(inputs, [], (_, own) => ({ state: [], result: work(own) }));
    return { bytes, dispose, run: (given) => this.#run(noted, given) };
  }

  /** @see Device.captureUpdate */
  captureUpdate(state: readonly Tensor[], inputs: readonly Tensor[], work: UpdatingWork): CapturedUpdate {
    const places = state.map((tensor) => this.#bufferOf(tensor));
    const { bytes, dispose, ...noted } = this.#note(inputs, state, work);
    return {
      bytes,
      dispose,
      fits: (given) => given.length === places.length && given.every((tensor, i) => !tensor.isDisposed && this.#placeOf(tensor) === places[i]),
      run: (given, own) => {
        const result = this.#run(noted, own);
        for (const { dataId } of given) this.forgetValues(dataId);
        return { state: given, result };
      },
    };
  }

  #note(inputs: readonly Tensor[], state: readonly Tensor[], work: UpdatingWork): Noted {
    this.refuseWhileCapturing('captured');
    if (env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')) throw new ArgumentError('Nothing can be captured within warmUp().', { remedy: 'Capture after it.' });
    // What has been recorded may name buffers that lie free, of which the captured work takes some, and which may go with it.
    this.flush();
    const commands: Command[] = [];
    const buffers = new CapturedBuffers(this.device, this.bufferManager as unknown as BufferPool);
    try {
      const places = this.#noteInto(commands, buffers, inputs, state, work);
      const { bytes } = buffers;
      this.#capturedBytes += bytes;
      const dispose = (): void => {
        this.#capturedBytes -= bytes;
        buffers.destroy();
      };
      return { parts: submissions(commands), ...places, bytes, dispose };
    } catch (error) {
      buffers.destroy();
      throw error;
    }
  }

  #noteInto(commands: Command[], buffers: CapturedBuffers, inputs: readonly Tensor[], state: readonly Tensor[], work: UpdatingWork): Pick<Noted, 'from' | 'to'> {
    const { queue } = this.device;
    const toNobody: Stream['queue'] = { submit: () => undefined, writeBuffer: queue.writeBuffer.bind(queue) };
    const updated = new Set(state.map(({ dataId }) => dataId));
    const session: Session = { encoder: notingEncoder(commands), made: new Set(), updated, outside: exchange(this, emptyStream(buffers, toNobody)), refused: undefined };
    this.#session = session;
    const holders = (): number => [...updated].reduce((sum, dataId) => sum + this.refCount(dataId), 0);
    const heldBefore = holders();
    let kept = 0;
    let moved = 0;
    const noted = { from: [] as GPUBuffer[], to: [] as Place[] };
    try {
      tidy(() => {
        const own = inputs.map(({ shape, dtype }) => this.#place(shape, dtype));
        noted.from = own.map((tensor) => this.#bufferOf(tensor));
        const { state: after, result } = work(state.map((x) => runKernel('Identity', { x })), own);
        moved = after.length === state.length ? after.filter(({ dataId }, i) => dataId !== state[i]?.dataId).length : state.length;
        noted.to = [{ buffer: this.#bufferOf(result), shape: result.shape, dtype: result.dtype }];
      });
    } finally {
      kept = this.#end(session, buffers);
    }
    kept += holders() - heldBefore;
    if (session.refused !== undefined) throw session.refused;
    if (kept > 0) throw new ArgumentError(`Captured work must not keep tensors, but it kept ${kept}.`, { remedy: 'Return the one result, and dispose of all others.' });
    const { length: lost } = buffers.foreign;
    if (lost > 0) throw new ArgumentError(`Captured work must not dispose of tensors from outside, but it disposed of ${lost}.`, { remedy: 'Dispose of them after the last run.' });
    if (moved > 0) throw new ArgumentError(`A captured update must give its state back in its place, but ${moved} of ${state.length} tensors are others.`, { remedy: 'Update by adamUpdate and emaUpdate, and give the tensors back in their order.' });
    return { from: noted.from, to: noted.to[0] as Place };
  }

  /** Goes back to the stream outside. @returns how many tensors the work kept */
  #end({ made, outside }: Session, { foreign }: CapturedBuffers): number {
    // Tensors that commands name are let go when these are handed over: here as well.
    this.flush();
    const kept = [...made].filter((dataId) => this.tensorMap.has(dataId));
    // Their buffers are the capture's: whoever disposes of them must not give these to the pool.
    for (const dataId of kept) delete this.tensorMap.get(dataId).resource;
    exchange(this, outside);
    this.#session = undefined;
    if (foreign.length > 0) this.flush();
    for (const buffer of foreign) this.bufferManager.releaseBuffer(buffer);
    return kept.length;
  }

  /** After what the backend had gathered before. */
  #run({ parts, from, to: { buffer, shape, dtype } }: Pick<Noted, 'parts' | 'from' | 'to'>, inputs: readonly Tensor[]): Tensor {
    this.refuseWhileCapturing('run');
    const given = inputs.map((input) => this.#bufferOf(input));
    const result = this.#place(shape, dtype);
    const filled = this.#bufferOf(result);
    const inner = this as unknown as { readonly commandEncoder: GPUCommandEncoder; readonly commandQueueOwnedIds: WeakSet<object> };
    for (const [i, part] of parts.entries()) {
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      if (i === 0) for (const [k, place] of from.entries()) inner.commandEncoder.copyBufferToBuffer(given[k] as GPUBuffer, 0, place, 0, place.size);
      encode(part, inner.commandEncoder);
      if (i === parts.length - 1) inner.commandEncoder.copyBufferToBuffer(buffer, 0, filled, 0, filled.size);
      for (const { dataId } of [...inputs, result]) inner.commandQueueOwnedIds.add(dataId);
      this.submitQueue();
    }
    return result;
  }

  /** A new tensor, not filled. */
  #place(shape: readonly number[], dtype: DataType): Tensor {
    return engine().makeTensorFromTensorInfo(this.makeTensorInfo([...shape], dtype), this);
  }

  /** Where a tensor lies; undefined for one of another backend, which asking TensorFlow.js for would move here. */
  #placeOf({ dataId }: Tensor): unknown {
    return this.tensorMap.has(dataId) ? this.tensorMap.get(dataId).resource : undefined;
  }

  /** A tensor has been overwritten: what JavaScript remembers of it is no longer so. */
  forgetValues(dataId: object): void {
    const data = this.tensorMap.get(dataId) as { resource?: unknown; values?: unknown };
    if (data.resource !== undefined && data.resource !== null) data.values = undefined;
  }

  #bufferOf({ dataId }: Tensor): GPUBuffer {
    this.uploadToGPU(dataId);
    return this.tensorMap.get(dataId).resource as GPUBuffer;
  }

  /** Hands what has been recorded to the GPU. */
  flush(): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
  }

  /** @throws ArgumentError while work is captured, and makes capturing fail even if that is caught */
  refuseWhileCapturing(what: string): void {
    if (this.#session === undefined) return;
    this.#session.refused ??= new ArgumentError(`Nothing can be ${what} by work that is being captured: its runs could not repeat it.`, {
      remedy: 'Capture the work before or after that.',
    });
    throw this.#session.refused;
  }

  override memory(): ReturnType<WebGPUBackend['memory']> {
    const memory = super.memory();
    return { ...memory, numBytesAllocatedInGPU: memory.numBytesAllocatedInGPU + this.#capturedBytes };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = super.write(values, shape, dtype);
    this.#session?.made.add(dataId);
    return dataId;
  }

  override ensureCommandEncoderReady(): void {
    if (this.#session === undefined) super.ensureCommandEncoderReady();
    else (this as unknown as { commandEncoder: GPUCommandEncoder | null }).commandEncoder ??= this.#session.encoder;
  }

  /** Tensors from outside get buffers that outlive the captured work, and are filled now. */
  override uploadToGPU(dataId: object): void {
    this.atHome(dataId, () => super.uploadToGPU(dataId));
  }

  /** Does something to a tensor in the stream that it is of: one from outside, outside of the work that is being captured. */
  protected atHome(dataId: object, act: () => void): void {
    const session = this.#session;
    if (session === undefined || session.made.has(dataId)) {
      act();
      return;
    }
    this.#session = undefined;
    const inside = exchange(this, session.outside);
    try {
      act();
    } finally {
      session.outside = exchange(this, inside);
      this.#session = session;
    }
  }

  /** Whether a tensor may be overwritten though others hold it: by an update that is being captured. @throws ArgumentError where captured work may not overwrite it */
  overwrites(dataId: object): boolean {
    if (this.#session === undefined) return false;
    if (!this.#session.updated.has(dataId)) this.refuseWhileCapturing('overwritten');
    return true;
  }

  /** Whether work is being captured, whose runs will name what it names now. */
  get capturing(): boolean {
    return this.#session !== undefined;
  }
}
