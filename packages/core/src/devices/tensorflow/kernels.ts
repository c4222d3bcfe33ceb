/** Kernels of TensorFlow's binding that do not work, or not as everywhere else, or slowly, in versions of munit's own. */
import {
  engine,
  getKernel,
  greater,
  type KernelBackend,
  type KernelFunc,
  mul,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
  unregisterKernel,
  where,
} from '@tensorflow/tfjs-core';

/**
 * x > 0 ? x : a x. The binding's own calls methods of tensors that only the whole of TensorFlow.js adds to them, and its formula,
 * max(x, 0) + a (x − |x|) / 2, makes NaN of +∞.
 */
const prelu: KernelFunc = ({ inputs }) => {
  const { x, alpha } = inputs as unknown as { readonly x: Tensor; readonly alpha: Tensor };
  return tidy(() => where(greater(x, 0), x, mul(alpha, x)));
};

/** A list of one is that tensor: TensorFlow's op wants two or more. */
const concatOneToo =
  (own: KernelFunc): KernelFunc =>
  (parameters) => {
    const inputs = Object.values(parameters.inputs) as TensorInfo[];
    const [only] = inputs;
    if (only === undefined || inputs.length > 1) return own(parameters);
    (parameters.backend as KernelBackend).incRef(only.dataId);
    return { dataId: only.dataId, shape: only.shape, dtype: only.dtype };
  };

/** How many scalars are kept: far more than a step has constants, and Adam's corrections, new each step, push each other out. */
const keptScalars = 512;

/**
 * Constants, of which a training step asks for thousands: a scalar is made once and shared, and on a GPU sent there once. The binding
 * makes each by an op with two more tensors for its shape and value.
 */
function sharedFill(own: KernelFunc): KernelFunc {
  const kept = new Map<number, object>();
  return (parameters) => {
    const { shape, value, dtype } = parameters.attrs as unknown as { readonly shape: number[]; readonly value: number; readonly dtype: string };
    // A Map takes −0 for 0.
    if (shape.length > 0 || dtype !== 'float32' || Object.is(value, -0)) return own(parameters);
    const backend = parameters.backend as KernelBackend;
    let dataId = kept.get(value);
    if (dataId === undefined) {
      dataId = backend.write(Float32Array.of(value), [], 'float32');
      kept.set(value, dataId);
      forgetOldest(kept, backend);
    }
    backend.incRef(dataId);
    return { dataId, shape: [], dtype: 'float32' };
  };
}

function forgetOldest(kept: Map<number, object>, backend: KernelBackend): void {
  const [oldest] = kept;
  if (kept.size <= keptScalars || oldest === undefined) return;
  const [value, dataId] = oldest;
  kept.delete(value);
  // Where tensors share it still, the last of them frees it.
  if (backend.disposeData(dataId)) engine().removeDataId(dataId, backend);
}

/** Puts them in the place of the binding's. */
export function replaceKernels(): void {
  replace('Prelu', prelu);
  wrap('Fill', sharedFill);
  wrap('Concat', concatOneToo);
}

function wrap(kernelName: string, wrapper: (own: KernelFunc) => KernelFunc): void {
  const own = getKernel(kernelName, 'tensorflow');
  if (own != null) replace(kernelName, wrapper(own.kernelFunc));
}

function replace(kernelName: string, kernelFunc: KernelFunc): void {
  if (getKernel(kernelName, 'tensorflow') != null) unregisterKernel(kernelName, 'tensorflow');
  registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
}
