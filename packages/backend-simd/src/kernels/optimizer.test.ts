import { engine, memory, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, useSimd } from '../testing/harness.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

const sizes = [1, 7, 40_001];

it('updates as PyTorch\'s Adam with coupled decay, in place', () => {
  const before = memory();
  const group = (seed: number, map = (v: number): number => v): Float32Array[] => sizes.map((n, i) => random(n, seed + i).map(map));
  const [p, g, m, v] = [group(1), group(11), group(21), group(31, Math.abs)];
  const inputs: Record<string, Tensor> = {};
  for (const [name, list] of Object.entries({ p, g, m, v })) list.forEach((values, i) => (inputs[`${name}${i}`] = tensor(values)));
  const [learningRate, beta1, beta2, epsilon, weightDecay, t] = [1e-4, 0.5, 0.999, 1e-8, 1e-2, 3];
  const attrs = {
    count: sizes.length, learningRate, beta1, beta2, epsilon, weightDecay, biasCorrection1: 1 - beta1 ** t, biasCorrection2: 1 - beta2 ** t,
  };
  const outputs = engine().runKernel('AdamUpdate', inputs, attrs) as Tensor[];
  Object.values(inputs).forEach((one) => one.dispose());
  const values = outputs.map((one) => one.dataSync());
  sizes.forEach((n, i) => {
    const truth = { p: new Float64Array(n), m: new Float64Array(n), v: new Float64Array(n) };
    for (let k = 0; k < n; k++) {
      const grad = g[i]![k]! + weightDecay * p[i]![k]!;
      truth.m[k] = beta1 * m[i]![k]! + (1 - beta1) * grad;
      truth.v[k] = beta2 * v[i]![k]! + (1 - beta2) * grad * grad;
      const root = Math.sqrt(truth.v[k]!) / Math.sqrt(1 - beta2 ** t) + epsilon;
      truth.p[k] = p[i]![k]! - ((learningRate / (1 - beta1 ** t)) * truth.m[k]!) / root;
    }
    expectClose(values[i]!, truth.p, 1e-7, 1e-6);
    expectClose(values[sizes.length + i]!, truth.m, 1e-7, 1e-5);
    expectClose(values[2 * sizes.length + i]!, truth.v, 1e-7, 1e-5);
  });
  outputs.forEach((one) => one.dispose());
  expect({ ...memory(), wasmBytes: 0 }).toEqual({ ...before, wasmBytes: 0 });
});

it('keeps an exponential moving average in place', () => {
  const before = memory();
  const [e, p] = [random(4099, 1), random(4099, 2)];
  const inputs = { e0: tensor(e), p0: tensor(p) };
  const [out] = engine().runKernel('EmaUpdate', inputs, { count: 1, decay: 0.999 }) as Tensor[];
  inputs.e0.dispose();
  expectClose(out!.dataSync(), Float64Array.from(e, (v, i) => 0.999 * v + 0.001 * p[i]!), 1e-7, 1e-6);
  out!.dispose();
  inputs.p0.dispose();
  expect({ ...memory(), wasmBytes: 0 }).toEqual({ ...before, wasmBytes: 0 });
});
