import type { DeviceDriver } from './driver.js';
import { importUnregistered } from './registration.js';

/** TensorFlow.js's plain JavaScript backend: slow, right, and everywhere. */
export const cpuDriver: DeviceDriver = {
  name: 'cpu',
  async open() {
    const { MathBackendCPU } = await importUnregistered(() => import('@tensorflow/tfjs-backend-cpu'));
    const backend = new MathBackendCPU();
    // Its first write prints a greeting that advises another package.
    Object.assign(backend, { firstUse: false });
    return { tfjsName: 'cpu', backend, description: 'plain JavaScript on one CPU core (TensorFlow.js)', details: { threads: 1 }, software: false };
  },
};
