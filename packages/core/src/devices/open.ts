/** Choosing and opening a device. */
import { ArgumentError, DeviceUnavailableError } from '../errors/index.js';
import { ready, removeBackend, setBackend } from '../tfjs.js';

/** What munit can compute on; `cpu` is TensorFlow.js's plain JavaScript backend, slow and everywhere. */
export type DeviceName = 'cuda' | 'webgpu' | 'tensorflow' | 'simd' | 'cpu';

/** Which device was taken and why the better ones were not. */
export interface DeviceReport {
  readonly taken: DeviceName;
  readonly description: string;
  readonly rejected: readonly { readonly name: DeviceName; readonly reason: string }[];
}

export interface Device {
  readonly name: DeviceName;
  readonly report: DeviceReport;
  /** Frees the backend and all its tensors. */
  dispose(): void;
}

export async function openDevice(request: DeviceName | 'auto' = 'auto'): Promise<Device> {
  if (request !== 'auto' && request !== 'cpu') {
    if (!['cuda', 'webgpu', 'tensorflow', 'simd'].includes(request)) throw new ArgumentError(`There is no device '${String(request)}'.`);
    throw new DeviceUnavailableError(`The device '${request}' is not available.`);
  }
  await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  await ready();
  return {
    name: 'cpu',
    report: { taken: 'cpu', description: 'TensorFlow.js CPU backend', rejected: [] },
    dispose: () => removeBackend('cpu'),
  };
}
