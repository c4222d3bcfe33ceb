/** Where our own time goes: TensorFlow.js's table of kernels, wrapped. */
import { engine, getKernelsForBackend, type KernelConfig, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelTime, ProfileAnswer } from '../process/protocol.js';

type Timed = { -readonly [K in keyof KernelConfig]: KernelConfig[K] };

interface Sum {
  calls: number;
  ms: number;
}

/**
 * Runs `work` a few times with every kernel of the backend in use timed: the functions in TensorFlow.js's table of kernels, which munit's
 * ops call without its engine. Kernels of the simd backend have done their work when they return, so the clock around one is its time.
 */
export async function profileKernels(work: () => Promise<void>, times: number): Promise<ProfileAnswer> {
  const kernels = new Map<string, Sum>();
  const shapes = new Map<string, Sum>();
  const table: Timed[] = getKernelsForBackend(engine().backendName);
  const originals = table.map(({ kernelFunc }) => kernelFunc);
  let inside = false;
  for (const kernel of table) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = (call) => {
      // A kernel that calls another has the time of both.
      if (inside) return kernelFunc(call);
      inside = true;
      const start = performance.now();
      try {
        return kernelFunc(call);
      } finally {
        inside = false;
        const ms = performance.now() - start;
        add(kernels, kernelName, ms);
        add(shapes, `${kernelName} ${describe(call.inputs, call.attrs)}`, ms);
      }
    };
  }
  try {
    const start = performance.now();
    for (let i = 0; i < times; i++) await work();
    const wall = (performance.now() - start) / times;
    return { wall, kernels: sorted(kernels, times), shapes: sorted(shapes, times) };
  } finally {
    for (const [i, kernel] of table.entries()) kernel.kernelFunc = originals[i]!;
  }
}

function add(sums: Map<string, Sum>, name: string, ms: number): void {
  const sum = sums.get(name) ?? { calls: 0, ms: 0 };
  sum.calls++;
  sum.ms += ms;
  sums.set(name, sum);
}

/** `[1,64,64,256] 3×3×256×256 /2 ×2`: the first input, the filter, the stride, the upsampling. */
function describe(inputs: NamedTensorInfoMap, attributes: object | undefined): string {
  // Kernels that join tensors take a list.
  const { x, a, filter } = (Array.isArray(inputs) ? { x: inputs[0] as TensorInfo } : inputs) as Partial<Record<string, TensorInfo>>;
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
