import { type DeviceDriver, Unavailable } from '../driver.js';
import type { Platform } from '../platformTypes.js';
import { importUnregistered } from '../registration.js';
import { softwareRefused } from '../shared.js';
import { adapterDetails, describeAdapter, deviceDescriptor, isSoftware, namesOf, requestAdapter } from './adapter.js';
import { watchErrors } from './errors.js';
import { watchLoss } from './loss.js';
import type { StopwatchFor } from './tuning/open.js';

/**
 * TensorFlow.js's WebGPU backend on a device of ours: in browsers, and in Node on Dawn.
 * `stopwatchFor` takes the times by which tiles are chosen; tests bring their own.
 */
export function webgpuDriver(platform: Platform, stopwatchFor?: StopwatchFor): DeviceDriver {
  return {
    name: 'webgpu',
    async open({ options, refuseSoftware }) {
      const webGpu = await platform.gpu(options.dawnOptions ?? []);
      const adapter = await requestAdapter(webGpu, options.powerPreference ?? 'high-performance');
      const description = `WebGPU (${webGpu.runtime}) on ${describeAdapter(adapter)}`;
      const software = isSoftware(adapter);
      if (refuseSoftware && software) throw softwareRefused(describeAdapter(adapter));

      const device = await requestDevice(adapter);
      const loss = watchLoss(device, description);
      const errors = watchErrors(device, loss);
      try {
        const { createBackend } = await importUnregistered(() => import('./backend.js'));
        const { openTuner } = await import('./tuning/open.js');
        const tuner = await openTuner({
          // Software adapters take long to build programs, and gain little.
          tuned: options.tuneTiles ?? !software,
          device,
          loss,
          errors,
          store: platform.store,
          adapter: namesOf(adapter),
          runtime: `${webGpu.runtime} ${webGpu.version}`,
          stopwatchFor,
        });
        const backend = createBackend(device, adapter.info, webGpu.gpu, loss, errors, tuner);
        return {
          tfjsName: 'webgpu',
          backend,
          description,
          details: {
            ...adapterDetails(adapter, webGpu.runtime),
            // Asked when it is read: it changes as programs are warmed up.
            get tiles() {
              return tuner.chosen();
            },
          },
          software,
          loss,
          scope: (what, work) => errors.scope(what, work, () => backend.flush()),
          warmUp: (work, { measure }) => tuner.warmUp(work, backend, measure),
          capture: (inputs, work) => backend.capture(inputs, work),
          captureUpdate: (state, inputs, work) => backend.captureUpdate(state, inputs, work),
          synchronize: () => backend.synchronize(),
          allocatedBytes: () => backend.memory().numBytesAllocatedInGPU,
          trim: () => backend.trim(),
          close: () => {
            loss.expect();
            device.destroy();
          },
        };
      } catch (error) {
        loss.expect();
        device.destroy();
        throw error;
      }
    },
  };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice(deviceDescriptor(adapter));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Unavailable(
      `the adapter gave no device (${message})`,
      'Close what else uses the GPU, then try again; after a crash of the GPU process a browser must be restarted.',
      error,
    );
  }
}
