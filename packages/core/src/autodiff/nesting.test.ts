import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDevice } from '../devices/devices.js';
import { GradientError } from '../errors/index.js';
import { mul, scale } from '../ops/elementwise/elementwise.js';
import { meanSquaredTo } from '../ops/reductions/distances.js';
import { dot } from '../ops/reductions/sums.js';
import { memory, runKernel, type Scalar, type Tensor, type Tensor1D, tensor, tidy } from '../tfjs.js';
import { record } from './record.js';
import { detached, differentiable, isRecording } from './tape.js';
import { grad, valueAndGrad } from './valueAndGrad.js';

beforeAll(async () => {
  await openDevice('cpu');
});

let before = 0;
beforeEach(() => (before = memory().numTensors));
/** Every test disposes of what it made and was given: nothing may be left. */
afterEach(() => {
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`${left} tensors are left.`);
});

const vector = (...values: number[]): Tensor1D => tensor(values, [values.length]);
/** Σ x; the ones die with the gradient's own scope. */
const sum = (x: Tensor): Scalar => dot(x, tensor(Array.from({ length: x.size }, () => 1), x.shape));

function take(...tensors: Tensor[]): number[][] {
  const values = tensors.map((t) => [...t.dataSync()]);
  for (const t of tensors) t.dispose();
  return values;
}

describe('gradients of gradients', () => {
  test('of a cube: the second and the third derivative', () => {
    const x = vector(2, -3);
    const cube = (x: Tensor): Scalar => sum(mul(mul(x, x), x));
    expect(take(grad((x) => sum(grad(cube, x)), x))).toEqual([[12, -18]]);
    expect(take(grad((x) => sum(grad((x) => sum(grad(cube, x)), x)), x), x)).toEqual([[6, 6], [2, -3]]);
  });

  test('for parameters that only the outer gradient has', () => {
    const params = { w: vector(3, 4) };
    const x = vector(1, 2);
    // ∇ₓ Σ (w x)² = 2 w² x; the value Σ (2 w² x)² has the gradient 16 w³ x².
    const { value, aux, grads } = valueAndGrad(({ w }) => {
      const inner = grad((x) => sum(mul(mul(w, x), mul(w, x))), x);
      return { value: sum(mul(inner, inner)), aux: { inner } };
    }, params);
    expect(take(value, aux.inner, grads.w, params.w, x)).toEqual([[18 ** 2 + 64 ** 2], [18, 64], [16 * 27, 16 * 64 * 4], [3, 4], [1, 2]]);
  });

  test('what the inner gradient is done with lives on for the outer one, whatever scope it was in', () => {
    const x = vector(1, 2);
    const g = grad((x) => tidy(() => meanSquaredTo(grad((z) => tidy(() => meanSquaredTo(mul(z, z), 1)), x), 0)), x);
    // The gradient of mean (z² − 1)² is d = 2 z³ − 2 z; that of mean d² is d (6 z² − 2).
    expect(take(g, x)).toEqual([[0, 264], [1, 2]]);
  });

  test('an inner gradient that nothing outside depends on is a constant, by kernels', () => {
    const x = vector(1, 2);
    const c = vector(3, 4);
    const squares = (x: Tensor): Tensor =>
      differentiable({ name: 'squares', inputs: [x], forward: () => runKernel('Square', { x }), backward: ({ dy }) => [mul(dy, scale(x, 2))] });
    expect(take(grad((x) => sum(mul(x, grad((c) => sum(squares(c)), c))), x), x, c)).toEqual([[6, 8], [1, 2], [3, 4]]);
  });

  test('an inner recording in pieces, its gradient taken after the outer piece', () => {
    const params = { x: vector(1, 2) };
    const outer = record(params);
    const { inner, y } = outer.run(({ x }) => {
      const inner = record({ x });
      return { inner, y: inner.run(({ x }) => sum(mul(x, x))) };
    });
    const first = inner.backward(y); // constant to the outer one: nothing records now
    expect(take(first.x)).toEqual([[2, 4]]);
    expect(take(outer.backward(y).x, params.x)).toEqual([[2, 4], [1, 2]]);
  });

  test('nothing is left when the inner function fails', () => {
    const x = vector(1, 2);
    const run = (): unknown =>
      grad((x) => {
        const y = mul(x, x);
        return sum(
          grad((z) => {
            sum(mul(z, y));
            throw new Error('inside');
          }, x),
        );
      }, x);
    expect(run).toThrow('inside');
    expect(isRecording()).toBe(false);
    take(x);
  });

  test('a gradient of a gradient of an op that has none, unless it is detached', () => {
    const x = vector(2);
    const squares = (x: Tensor): Tensor =>
      differentiable({
        name: 'squares',
        inputs: [x],
        forward: () => runKernel('Square', { x }),
        backward: ({ dy }) => [runKernel('Multiply', { a: dy, b: x })],
      });
    const nested = (): unknown => grad((x) => sum(grad((z) => sum(squares(z)), x)), x);
    expect(nested).toThrow(GradientError);
    expect(nested).toThrow("The op 'squares' has no second derivative, and a gradient of its gradient was asked for.");
    expect(isRecording()).toBe(false);

    const params = { x };
    const { value, aux, grads } = valueAndGrad(({ x }) => {
      const inner = detached(() => grad((z) => sum(mul(z, z)), x)); // 2x, a constant here
      return { value: sum(mul(x, inner)), aux: { inner } };
    }, params);
    expect(take(value, aux.inner, grads.x, x)).toEqual([[8], [4], [4], [2]]);
  });
});
