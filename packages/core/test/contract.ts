/** The contract harness, bound to this package: its tensors, its gradients and its devices. */
import { ndArray, type NdArray } from '@munit/testing';
import { type ContractDevice, type ContractEnvironment, requiredDevices, type TensorAdapter, type Tensors } from '@munit/testing/contract';
import { valueAndGrad } from '../src/autodiff/valueAndGrad.js';
import { type DeviceName, openDevice } from '../src/devices/devices.js';
import { dot, weightedSum } from '../src/index.js';
import { getBackend, memory, setBackend, type Tensor, tensor } from '../src/tfjs.js';

export const adapter: TensorAdapter<Tensor> = {
  create: ({ shape, data }) => tensor(Float32Array.from(data), [...shape], 'float32'),
  read: async (t): Promise<NdArray> => ndArray(t.shape, Float32Array.from(await t.data())),
  dispose: (t) => t.dispose(),
  count: () => memory().numTensors,
  gradients(f, variables, dy) {
    const { value, grads } = valueAndGrad((given: Tensors<Tensor>) => ({ value: dot(f(given), dy), aux: {} }), variables);
    value.dispose();
    return grads;
  },
  secondGradients(f, variables, dy, directions) {
    const { value, aux, grads } = valueAndGrad(
      (given: { readonly variables: Tensors<Tensor>; readonly dy: Tensor }) => {
        const first = valueAndGrad((inner: Tensors<Tensor>) => ({ value: dot(f(inner), given.dy), aux: {} }), given.variables).grads;
        const terms = Object.entries(directions).map(([name, direction]) => dot(need(first, name), direction));
        return { value: weightedSum(terms, terms.map(() => 1)), aux: first };
      },
      { variables, dy },
    );
    value.dispose();
    return { first: aux, second: grads.variables, secondForDy: grads.dy };
  },
};

/** Opened once in a test file, then only switched to: some backends start slowly, and none can be registered twice. */
function contractDevice(name: string, device: DeviceName, tinyOnly: boolean): ContractDevice {
  let opened: Promise<string> | undefined;
  const openOnce = async (): Promise<string> => {
    const { report } = await openDevice(device);
    const backend = getBackend();
    if (backend === undefined) throw new Error(`no backend is in use after opening '${report.taken}'`);
    return backend;
  };
  return {
    name,
    tinyOnly,
    open: async () => {
      opened ??= openOnce();
      await setBackend(await opened);
    },
  };
}

const inBrowser = typeof document !== 'undefined';
/** Whether WebGPU in Node has a GPU, and not software, so that no case is too large for it. */
const onGpu = !inBrowser && process.env['MUNIT_TEST_GPU'] === '1';

/**
 * TensorFlow's library, which the user builds: a device where that was done, or where it must be there. One per process, on the GPU or
 * not.
 */
async function tensorflowDevices(): Promise<readonly ContractDevice[]> {
  if (inBrowser) return [];
  if (requiredDevices().includes('cuda')) return [contractDevice('cuda', 'cuda', false)];
  const { findAddon } = await import('../src/devices/tensorflow/addon.js');
  const isThere = requiredDevices().includes('tensorflow') || findAddon(process.env, '') !== undefined;
  return isThere ? [contractDevice('tensorflow', 'tensorflow', false)] : [];
}

export const environment: ContractEnvironment<Tensor> = {
  adapter,
  devices: inBrowser
    ? [contractDevice('webgpu-browser', 'webgpu', true), contractDevice('simd-browser', 'simd', false)]
    : [contractDevice('cpu', 'cpu', false), contractDevice('simd', 'simd', false), contractDevice('webgpu-node', 'webgpu', !onGpu), ...(await tensorflowDevices())],
};

/** The input of that name. @throws Error when the case lacks it */
export function need<V>(inputs: Readonly<Record<string, V>>, name: string): V {
  const found = inputs[name];
  if (found === undefined) throw new Error(`The case has no input '${name}'.`);
  return found;
}

/** The input of that name as a tensor of a known rank, or undefined; the op checks the rank itself. */
export function pick<T extends Tensor>(inputs: Tensors<Tensor>, name: string): T | undefined {
  return inputs[name] as T | undefined;
}

/** The entries that are there: optional gradients of optional inputs. */
export function defined<V>(entries: Readonly<Record<string, V | undefined>>): Record<string, V> {
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, V] => entry[1] !== undefined));
}
