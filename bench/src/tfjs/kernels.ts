/** Where our own time goes: TensorFlow.js's dispatch, wrapped. */
import { engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelTime, ProfileAnswer } from '../process/protocol.js';

interface Sum {
  calls: number;
  ms: number;
}

/**
 * Runs `work` a few times with every kernel timed. Kernels of the simd backend have done their work when they return, so
 * the clock around a dispatch is the kernel's time with that of TensorFlow.js's own bookkeeping for it.
 */
export async function profileKernels(work: () => Promise<void>, times: number): Promise<ProfileAnswer> {
  const kernels = new Map<string, Sum>();
  const shapes = new Map<string, Sum>();
  const target = engine();
  const original = target.runKernel.bind(target);
  target.runKernel = (name, inputs, attributes) => {
    const start = performance.now();
    const result = original(name, inputs, attributes);
    const ms = performance.now() - start;
    add(kernels, name, ms);
    add(shapes, `${name} ${describe(inputs, attributes)}`, ms);
    // The generic signature says what the caller expects, not what comes.
    return result as never;
  };
  try {
    const start = performance.now();
    for (let i = 0; i < times; i++) await work();
    const wall = (performance.now() - start) / times;
    return { wall, kernels: sorted(kernels, times), shapes: sorted(shapes, times) };
  } finally {
    target.runKernel = original;
  }
}

function add(sums: Map<string, Sum>, name: string, ms: number): void {
  const sum = sums.get(name) ?? { calls: 0, ms: 0 };
  sum.calls++;
  sum.ms += ms;
  sums.set(name, sum);
}

/** `[1,64,64,256] 3×3×256×256 /2 ×2`: the first input, the filter, the stride, the upsampling. */
function describe(inputs: NamedTensorMap, attributes: object | undefined): string {
  // Kernels that join tensors take a list.
  const { x, a, filter } = (Array.isArray(inputs) ? { x: inputs[0] as Tensor } : inputs) as Partial<Record<string, Tensor>>;
  const first = x ?? a;
  const { stride = 1, upsample = 1 } = (attributes ?? {}) as { readonly stride?: number; readonly upsample?: number };
  return [
    first === undefined ? '' : `[${first.shape.join(',')}]`,
    filter === undefined ? '' : filter.shape.join('×'),
    stride === 1 ? '' : `stride ${stride}`,
    upsample === 1 ? '' : `upsample ${upsample}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const sorted = (sums: ReadonlyMap<string, Sum>, times: number): KernelTime[] =>
  [...sums].map(([name, { calls, ms }]) => ({ name, calls: calls / times, ms: ms / times })).sort((one, other) => other.ms - one.ms);
