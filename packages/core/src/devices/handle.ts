import { memory, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, DeviceLostError } from '../errors/index.js';
import { captureOn, captureUpdateOn } from './capture.js';
import type { Lease } from './shared.js';
import { checkOptions } from '../options.js';
import { type CapturedUpdate, type Device, type DeviceName, type DeviceReport, warmUpNames } from './types.js';

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

  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    lease.release();
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
    async warmUp(work, options = {}) {
      checkOptions('warmUp', options, warmUpNames);
      use();
      if (backend.warmUp === undefined) tidy(work);
      else await backend.warmUp(work, options);
    },
    capture(inputs, work) {
      use();
      const captured = captureOn(backend, inputs, work);
      const run = (given: readonly Tensor[]): Tensor => {
        use();
        return captured.run(given);
      };
      return { ...captured, run };
    },
    captureUpdate(state, inputs, work) {
      use();
      const captured = captureUpdateOn(backend, state, inputs, work);
      const run: CapturedUpdate['run'] = (before, given) => {
        use();
        return captured.run(before, given);
      };
      return { ...captured, run };
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
    dispose,
    [Symbol.dispose]: dispose,
  };
}
