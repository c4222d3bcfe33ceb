/**
 * The seam to TensorFlow.js: the only file of this package, devices apart, that names it.
 *
 * munit uses TensorFlow.js for tensors, memory scopes and kernels, and not for differentiation: its gradient of
 * `mirrorPad` and of a padded `avgPool` is wrong on every backend, and in Node `tfjs-core` alone registers none.
 * Gradients are munit's own (see `autodiff`), so kernels are run without TensorFlow.js's tape.
 */
import {
  engine,
  env,
  getBackend,
  getKernel,
  keep,
  memory,
  type NamedTensorMap,
  type Scalar,
  scalar,
  setBackend,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type TensorInfo,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';

export { engine, getBackend, keep, memory, scalar, setBackend, tensor, tidy };
export { Tensor };
export type { Scalar, Tensor1D, Tensor2D, Tensor4D };

/** A kernel's attributes; `undefined` values are left out. */
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Whether the backend in use has this kernel. */
export function hasKernel(name: string): boolean {
  const backendName = getBackend();
  return backendName !== undefined && getKernel(name, backendName) != null;
}

/** Runs a kernel that yields one tensor. */
export function runKernel<T extends Tensor = Tensor>(
  name: string,
  inputs: Readonly<Record<string, Tensor | undefined>>,
  attributes: KernelAttributes = {},
): T {
  return dispatch(name, present(inputs), attributes) as T;
}

/** Runs a kernel that yields several tensors. */
export function runKernelMulti(
  name: string,
  inputs: Readonly<Record<string, Tensor | readonly Tensor[] | undefined>>,
  attributes: KernelAttributes = {},
): Tensor[] {
  const result = dispatch(name, present(inputs), attributes);
  return Array.isArray(result) ? result : [result];
}

/** Runs a kernel that takes its inputs as a list (`Concat`). */
export function runKernelOnList(name: string, inputs: readonly Tensor[], attributes: KernelAttributes = {}): Tensor {
  // TensorFlow.js passes lists where its types ask for a record of names.
  return dispatch(name, inputs as readonly unknown[] as NamedTensorMap & readonly unknown[], attributes) as Tensor;
}

/**
 * Runs a kernel of the backend in use. What TensorFlow.js's engine does around one (a scope, closures, a look at its tape) takes as long as a
 * small kernel; it is asked only where it has something to do: record, profile, log, or say that there is no such kernel.
 */
function dispatch(name: string, inputs: NamedTensorMap, attributes: KernelAttributes): Tensor | Tensor[] {
  const tf = engine();
  const kernel = tf.backendName === undefined || tf.state.profiling || tf.isTapeOn() || env().getBool('DEBUG') ? undefined : getKernel(name, tf.backendName);
  // TensorFlow.js's own signature asks for index types that no typed object has; nothing is converted here.
  if (kernel == null) return tf.runKernel(name, inputs, attributes as never);
  const { backend } = tf;
  const made = kernel.kernelFunc({ inputs, attrs: attributes as never, backend });
  // Some backends' kernels yield tensors, others what a tensor is made of.
  const tensorOf = (info: TensorInfo): Tensor => (info instanceof Tensor ? (info as Tensor) : tf.makeTensorFromTensorInfo(info, backend));
  return Array.isArray(made) ? made.map(tensorOf) : tensorOf(made);
}

function present(inputs: Readonly<Record<string, Tensor | readonly Tensor[] | undefined>>): NamedTensorMap {
  let all = true;
  for (const name in inputs) all &&= inputs[name] !== undefined;
  if (all) return inputs as NamedTensorMap;
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) if (value !== undefined) result[name] = value;
  return result as NamedTensorMap;
}

/**
 * Runs `f` in a scope of its own and gives, beside its result, all that it made and did not free itself: kept, so that no scope
 * frees it. Tensors that `f` has kept are not among them. When `f` fails, they are freed.
 */
export function madeBy<R>(f: () => R): { readonly result: R; readonly made: readonly Tensor[] } {
  const { state } = engine();
  engine().startScope();
  try {
    const result = f();
    const made = state.activeScope.track.filter((tensor) => !tensor.kept && !tensor.isDisposed);
    for (const tensor of made) keep(tensor);
    return { result, made };
  } finally {
    engine().endScope();
  }
}
