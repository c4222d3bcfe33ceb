import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, run, useSimd, type Value } from '../testing/harness.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

const value = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): Value => ({ values, shape });

describe('functions of one tensor', () => {
  const functions: Record<string, { f: (x: number) => number; attrs?: object; positive?: boolean }> = {
    Neg: { f: (x) => -x },
    Square: { f: (x) => x * x },
    Sqrt: { f: Math.sqrt, positive: true },
    Rsqrt: { f: (x) => 1 / Math.sqrt(x), positive: true },
    Exp: { f: Math.exp },
    Log: { f: Math.log, positive: true },
    Abs: { f: Math.abs },
    Sign: { f: Math.sign },
    Tanh: { f: Math.tanh },
    Relu: { f: (x) => Math.max(0, x) },
    LeakyRelu: { f: (x) => (x > 0 ? x : 0.1 * x), attrs: { alpha: 0.1 } },
    Sigmoid: { f: (x) => 1 / (1 + Math.exp(-x)) },
    Softplus: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
    Step: { f: (x) => (x > 0 ? 1 : 0.5), attrs: { alpha: 0.5 } },
    ClipByValue: { f: (x) => Math.min(2, Math.max(-1, x)), attrs: { clipValueMin: -1, clipValueMax: 2 } },
  };

  it.each(Object.entries(functions))('%s, for sizes with and without a tail, to a few units in the last place', (name, { f, attrs, positive }) => {
    for (const size of [1, 3, 4, 37, 40_003]) {
      const x = random(size, size).map((v) => (positive ? Math.abs(v) + 1e-6 : v) * 20);
      expectClose(run(name, { x: value(x) }, attrs)[0]!, Array.from(x, f), 1e-12, 5e-7);
    }
  });

  it('takes the sign of NaN for 0, as TensorFlow.js does', () => {
    expect([...run('Sign', { x: value([NaN, -2, NaN, 3, 0]) })[0]!]).toEqual([0, -1, 0, 1, 0]);
  });

  it.each(Object.keys(functions).filter((name) => name !== 'Sign'))('%s keeps NaN', (name) => {
    const [y] = run(name, { x: value([1, NaN, 0.5, 2, NaN]) }, functions[name]!.attrs);
    expect(Array.from(y!, Number.isNaN)).toEqual([false, true, false, false, true]);
  });

  it('is right at the ends of the range', () => {
    expect([...run('Exp', { x: value([-Infinity, -120, 0, 100, Infinity]) })[0]!]).toEqual([0, 0, 1, Infinity, Infinity]);
    expect([...run('Log', { x: value([0, 1, Infinity, -1]) })[0]!]).toEqual([-Infinity, 0, Infinity, NaN]);
    expect([...run('Tanh', { x: value([-Infinity, -50, 0, 50]) })[0]!]).toEqual([-1, -1, 0, 1]);
    expect([...run('Softplus', { x: value([-200, 0, 200]) })[0]!]).toEqual([0, Math.fround(Math.log(2)), 200]);
    expectClose(run('Exp', { x: value([-100, 88]) })[0]!, [Math.exp(-100), Math.exp(88)], 0, 1e-6);
  });
});

describe('functions of two tensors', () => {
  const functions: Record<string, (a: number, b: number) => number> = {
    Add: (a, b) => a + b, Sub: (a, b) => a - b, Multiply: (a, b) => a * b, RealDiv: (a, b) => a / b,
    Maximum: Math.max, Minimum: Math.min, SquaredDifference: (a, b) => (a - b) ** 2,
  };
  const a = random(2 * 3 * 4 * 5, 1);

  it.each(Object.entries(functions))('%s, with every kind of broadcast', (name, f) => {
    for (const shape of [[2, 3, 4, 5], [], [1], [5], [4, 5], [1, 1, 4, 5], [2, 1, 1, 5], [3, 1, 1], [2, 3, 1, 1]]) {
      const padded = [...new Array<number>(4 - shape.length).fill(1), ...shape];
      const b = random(shape.reduce((p, n) => p * n, 1), 7).map((v) => v + 1.5);
      const at = (i: number): number => {
        const index = [Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5];
        return padded.reduce((sum, n, axis) => sum * n + (n === 1 ? 0 : index[axis]!), 0);
      };
      const truth = Array.from(a, (v, i) => Math.fround(f(v, b[at(i)]!)));
      expectClose(run(name, { a: value(a, [2, 3, 4, 5]), b: value(b, shape) })[0]!, truth, 0, 1e-6);
      const swapped = Array.from(a, (v, i) => Math.fround(f(b[at(i)]!, v)));
      expectClose(run(name, { a: value(b, shape), b: value(a, [2, 3, 4, 5]) })[0]!, swapped, 0, 1e-6);
    }
  });

  it('keeps NaN in maximum and minimum', () => {
    for (const name of ['Maximum', 'Minimum']) {
      expect([...run(name, { a: value([NaN, 1, 2]), b: value([1, NaN, 3]) })[0]!].map(Number.isNaN)).toEqual([true, true, false]);
    }
  });

  it('adds any number of tensors', () => {
    expect([...run('AddN', { 0: value([1, 2]), 1: value([10, 20]), 2: value([100, 200]) })[0]!]).toEqual([111, 222]);
    expect([...run('AddN', { 0: value([1, 2]) })[0]!]).toEqual([1, 2]);
  });
});
