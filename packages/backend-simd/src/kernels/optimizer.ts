/** In-place updates of all parameters at once: the results share the memory of the inputs. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

/** Numbers in a table entry: four addresses and a length. */
const ENTRY = 5;

/** Whatever was derived from these tensors' numbers no longer holds. */
function changed(call: Call<{ count: number }>, group: string): void {
  for (let i = 0; i < call.attrs.count; i++) call.backend.filters.forget(call.input(`${group}${i}`).dataId);
}

/** Table of (address of each group's i-th tensor, length) for the assembly's update loops. */
function table(call: Call<{ count: number }>, groups: readonly string[]): number {
  const { count } = call.attrs;
  const { backend } = call;
  const pointer = backend.scratch(Math.max(1, count) * ENTRY * 4);
  const cells = new Uint32Array(backend.runtime.buffer(), pointer, count * ENTRY);
  for (let i = 0; i < count; i++) {
    groups.forEach((group, k) => {
      cells[i * ENTRY + k] = backend.pointer(call.input(`${group}${i}`));
    });
    cells[i * ENTRY + 4] = sizeOf(call.input(`${groups[0]}${i}`).shape);
  }
  return pointer;
}

const aliases = (call: Call<{ count: number }>, groups: readonly string[]): TensorInfo[] =>
  groups.flatMap((group) => Array.from({ length: call.attrs.count }, (_, i) => call.backend.alias(call.input(`${group}${i}`))));

interface AdamAttrs {
  readonly count: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly biasCorrection1: number;
  readonly biasCorrection2: number;
}

const adamUpdate = kernel<AdamAttrs>('AdamUpdate', (call) => {
  const a = call.attrs;
  const entries = table(call, ['p', 'g', 'm', 'v']);
  call.wasm.adamUpdate(entries, a.count, a.learningRate, a.beta1, a.beta2, a.epsilon, a.weightDecay, a.biasCorrection1, a.biasCorrection2);
  changed(call, 'p');
  return aliases(call, ['p', 'm', 'v']);
});

const emaUpdate = kernel<{ count: number; decay: number }>('EmaUpdate', (call) => {
  call.wasm.emaUpdate(table(call, ['e', 'p']), call.attrs.count, call.attrs.decay);
  changed(call, 'e');
  return aliases(call, ['e']);
});

export const optimizerKernels: readonly Kernel[] = [adamUpdate, emaUpdate];
