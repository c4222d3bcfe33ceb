/** What the tests share: the backend, kernels by name, random numbers and tolerances. */
import { type DataType, engine, setBackend, type Tensor, tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { registerSimdBackend } from '../register.js';

export async function useSimd(threads = 2, relaxed: 'auto' | boolean = 'auto'): Promise<void> {
  await registerSimdBackend({ threads, relaxed });
  await setBackend('simd');
}

/** Numbers in [-1, 1) that depend on the seed alone (mulberry32). */
export function random(size: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

export interface Value {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype?: DataType;
}

/** Runs a kernel on plain values; disposes everything and returns plain values. */
export function run(name: string, inputs: Record<string, Value | undefined>, attrs: object = {}): Float32Array[] {
  const tensors: Record<string, Tensor> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (value) tensors[key] = tensor(Float32Array.from(value.values), [...value.shape], value.dtype ?? 'float32');
  }
  const result = engine().runKernel(name, tensors, attrs as Parameters<ReturnType<typeof engine>['runKernel']>[2]) as Tensor | Tensor[];
  const list: Tensor[] = Array.isArray(result) ? result : [result];
  const values = list.map((one) => Float32Array.from(one.dataSync()));
  for (const one of [...list, ...Object.values(tensors)]) one.dispose();
  return values;
}

/** |ours - truth| <= absolute * max |truth| + relative * |truth|, cell by cell. */
export function expectClose(ours: ArrayLike<number>, truth: ArrayLike<number>, absolute = 1e-5, relative = 1e-4): void {
  expect(ours.length).toBe(truth.length);
  let scale = 0;
  for (let i = 0; i < truth.length; i++) scale = Math.max(scale, Math.abs(truth[i]!));
  let worst = 0;
  for (let i = 0; i < truth.length; i++) {
    const excess = Math.abs(ours[i]! - truth[i]!) / (absolute * scale + relative * Math.abs(truth[i]!) + 1e-30);
    worst = excess <= worst ? worst : excess; // NaN counts as worst
  }
  expect(worst).toBeLessThanOrEqual(1);
}

export type { TensorInfo };
