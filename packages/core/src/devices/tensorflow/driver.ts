/** TensorFlow's C library in Node: on a GPU (`cuda`) or on the CPU (`tensorflow`). */
import { ArgumentError } from '../../errors/index.js';
import { type DeviceDriver, type OpenBackend, Unavailable } from '../driver.js';
import type { NativeTensorFlow, Platform } from '../platformTypes.js';
import type { DeviceOptions } from '../types.js';
import { synchronize } from './synchronize.js';

/** TensorFlow on an NVIDIA GPU. A binding that fell back to the CPU is refused. */
export function cudaDriver({ tensorflow }: Platform): DeviceDriver {
  return {
    name: 'cuda',
    async open({ options }) {
      const before = tensorflow.loaded();
      const native = before ?? (await tensorflow.load('gpu', options.threads));
      if (native.usesGpu) return describe(native, options);
      if (native.builtForGpu) {
        throw new Unavailable(`TensorFlow ${native.version} loaded but found no GPU that it can use, and would have worked on the CPU`, native.gpuRemedy);
      }
      if (before === undefined) throw new Unavailable(`${native.source} has no GPU in it`, native.gpuRemedy);
      throw new Unavailable(`this process already runs ${native.source}, which has no GPU`, "Open 'cuda' in a process of its own.");
    },
  };
}

/** TensorFlow on the CPU. */
export function tensorflowDriver({ tensorflow }: Platform): DeviceDriver {
  return {
    name: 'tensorflow',
    async open({ options }) {
      const native = tensorflow.loaded() ?? (await tensorflow.load('cpu', options.threads));
      if (!native.usesGpu) return describe(native, options);
      throw new Unavailable('the TensorFlow of this process works on a GPU', "Ask for 'cuda', or open 'tensorflow' in a process of its own.");
    },
  };
}

function describe({ backend, source, version, usesGpu, threads }: NativeTensorFlow, asked: DeviceOptions): OpenBackend {
  if (asked.threads !== undefined && asked.threads !== threads) {
    throw new ArgumentError(`The TensorFlow of this process was loaded with ${threads} threads, but ${asked.threads} were asked for.`, {
      remedy: 'It takes their number once, as it loads: leave out `threads`, or use a process of its own.',
    });
  }
  return {
    tfjsName: 'tensorflow',
    backend,
    description: `TensorFlow ${version} on the ${usesGpu ? 'GPU' : 'CPU'} (${source})`,
    details: { source, tensorflow: version, gpu: usesGpu, threads },
    software: false,
    synchronize: () => synchronize(backend),
  };
}
