import { memory, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, DeviceLostError } from '../errors/index.js';
import type { Lease } from './shared.js';
import type { Device, DeviceName, DeviceReport } from './types.js';

/** An owner's handle on a shared device. */
export function createHandle(name: DeviceName, lease: Lease, report: DeviceReport): Device {
  const { backend } = lease;
  let disposed = false;

  const use = (): void => {
    if (disposed) {
      throw new ArgumentError(`The device '${name}' was disposed of through this handle.`, { remedy: 'Open it again.' });
    }
    const lost = backend.loss?.error();
    if (lost !== undefined) throw lost;
    if (!lease.activate()) {
      throw new DeviceLostError(`The device '${name}' was taken out of TensorFlow.js; its tensors are gone.`, {
        remedy: 'Dispose of this handle and open it again; leave tf.removeBackend() to munit.',
      });
    }
  };

  return {
    name,
    report,
    lost: backend.loss?.happened ?? new Promise<DeviceLostError>(() => undefined),
    activate: use,
    async scope(what, work) {
      use();
      return backend.scope === undefined ? work() : backend.scope(what, work);
    },
    async warmUp(work) {
      use();
      if (backend.warmUp === undefined) tidy(work);
      else await backend.warmUp(work);
    },
    async synchronize() {
      use();
      await backend.synchronize?.();
    },
    memory() {
      use();
      const { numTensors, numBytes } = memory();
      return { tensors: numTensors, bytes: numBytes, allocatedBytes: backend.allocatedBytes?.() };
    },
    trim() {
      use();
      return backend.trim?.() ?? 0;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      lease.release();
    },
  };
}
