/** TensorFlow's C library in Node: on a GPU (`cuda`) or on the CPU (`tensorflow`). */
import { type DeviceDriver, type OpenBackend, Unavailable } from './driver.js';
import type { NativeTensorFlow, Platform } from './platform/types.js';

const cudaRemedy =
  'The prebuilt binding wants an NVIDIA driver, CUDA 11.2 and cuDNN 8.1, and knows no card newer than Ampere; for newer ones build it against a newer TensorFlow. `munit doctor` says what is missing.';

/** TensorFlow on an NVIDIA GPU. A binding that fell back to the CPU is refused. */
export function cudaDriver({ tensorflow }: Platform): DeviceDriver {
  return {
    name: 'cuda',
    async open() {
      const before = tensorflow.loaded();
      const native = before ?? (await tensorflow.load('@tensorflow/tfjs-node-gpu'));
      if (native.usesGpu) return describe(native, 'GPU');
      if (native.packageName === '@tensorflow/tfjs-node-gpu') {
        throw new Unavailable(`TensorFlow ${native.version} loaded but found no GPU that it can use, and would have worked on the CPU`, cudaRemedy);
      }
      throw new Unavailable(`this process already runs '${native.packageName}', which has no GPU`, "Open 'cuda' in a process of its own.");
    },
  };
}

/** TensorFlow on the CPU. */
export function tensorflowDriver({ tensorflow }: Platform): DeviceDriver {
  return {
    name: 'tensorflow',
    async open() {
      const native = tensorflow.loaded() ?? (await tensorflow.load('@tensorflow/tfjs-node'));
      if (!native.usesGpu) return describe(native, 'CPU');
      throw new Unavailable('the TensorFlow of this process works on a GPU', "Ask for 'cuda', or open 'tensorflow' in a process of its own.");
    },
  };
}

function describe({ backend, packageName, version }: NativeTensorFlow, where: 'CPU' | 'GPU'): OpenBackend {
  return {
    tfjsName: 'tensorflow',
    backend,
    description: `TensorFlow ${version} on the ${where} (${packageName})`,
    details: { package: packageName, tensorflow: version, gpu: where === 'GPU' },
    software: false,
  };
}
