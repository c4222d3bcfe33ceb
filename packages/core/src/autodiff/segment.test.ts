import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDevice } from '../devices/devices.js';
import { activate } from '../ops/activation/activation.js';
import { add, mul, scale } from '../ops/elementwise/elementwise.js';
import { linear } from '../ops/linear/linear.js';
import { dot } from '../ops/reductions/sums.js';
import { Rng } from '../rng.js';
import { memory, type Scalar, type Tensor, type Tensor2D, tensor, tidy } from '../tfjs.js';
import { record } from './record.js';
import { segment } from './tape.js';
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

const rng = new Rng(7);
const drawn = (...shape: [number, number]): Tensor2D => tensor(rng.normals(shape[0] * shape[1]), shape);
const ones = (x: Tensor): Tensor => tensor(Array.from({ length: x.size }, () => 1), x.shape);
const sum = (x: Tensor): Scalar => dot(x, ones(x));

interface Weights {
  readonly first: Tensor2D;
  readonly second: Tensor2D;
}

/** Three dense layers, the middle one twice and with a skip connection, in two segments; `ran` counts how often they run. */
function network({ first, second }: Weights, x: Tensor2D, ran: string[]): Tensor2D {
  const wide = segment([x, first], () => {
    ran.push('first');
    return activate(linear(activate(linear(x, first, undefined), 'tanh'), second, undefined), 'relu');
  });
  return segment([wide, second], () => {
    ran.push('second');
    const y = activate(linear(wide, second, undefined), 'tanh');
    return add(mul(y, linear(y, second, undefined)), wide);
  });
}

const values = (tensors: readonly Tensor[]): number[][] => tensors.map((t) => [...t.dataSync()]);
const free = (...tensors: readonly Tensor[]): void => tensors.forEach((t) => t.dispose());

describe('a segment of a recording that recomputes', () => {
  function gradients(recompute: boolean): { readonly found: number[][]; readonly ran: readonly string[]; readonly kept: number } {
    const weights = { first: tensor(Array.from({ length: 12 }, (_, i) => Math.sin(i)), [3, 4]) as Tensor2D, second: tensor(Array.from({ length: 16 }, (_, i) => Math.cos(2 * i)), [4, 4]) as Tensor2D };
    const x = tensor([0.3, -0.7, 1.1, 0.2, 0.9, -1.3], [2, 3]) as Tensor2D;
    const ran: string[] = [];
    const start = memory().numTensors;
    const recording = record(weights, { recompute });
    const loss = recording.run((w) => {
      const y = network(w, x, ran);
      // The skip and the last sum use one tensor in several places: the order of the sums of gradients shows.
      return sum(add(y, mul(y, scale(network(w, x, ran), 0.3))));
    });
    const kept = memory().numTensors - start;
    const found = recording.backward(loss, [loss]);
    const result = values([loss, found.first, found.second]);
    free(loss, found.first, found.second, weights.first, weights.second, x);
    return { found: result, ran, kept };
  }

  test('runs again in the backward pass, last first, and gives the same gradients to the bit', () => {
    const plain = gradients(false);
    const recomputed = gradients(true);
    expect(plain.ran).toEqual(['first', 'second', 'first', 'second']);
    expect(recomputed.ran).toEqual(['first', 'second', 'first', 'second', 'second', 'first', 'second', 'first']);
    expect(recomputed.found).toEqual(plain.found);
    expect(recomputed.kept).toBeLessThan(plain.kept);
  });

  test('that the value does not depend on does not run again', () => {
    const x = drawn(2, 2);
    let ran = 0;
    const recording = record({ x }, { recompute: true });
    const loss = recording.run((p) => {
      segment([p.x], () => (ran++, mul(p.x, p.x)));
      return sum(p.x);
    });
    const { x: found } = recording.backward(loss);
    expect(ran).toBe(1);
    expect(values([found])).toEqual([[1, 1, 1, 1]]);
    free(x, found);
  });

  test('of constants, or without a recording, is just the function', () => {
    const [x, c] = [drawn(1, 2), drawn(1, 2)];
    const recording = record({ x }, { recompute: true });
    let ran = 0;
    const loss = recording.run((p) => {
      const constant = segment([c], () => (ran++, scale(c, 2)));
      return sum(mul(p.x, constant));
    });
    const { x: found } = recording.backward(loss);
    expect(ran).toBe(1);
    expect(values([found])).toEqual([[...c.dataSync()].map((value) => Math.fround(2 * value))]);
    const alone = tidy(() => segment([c], () => scale(c, 3)));
    expect(values([alone])).toEqual([[...c.dataSync()].map((value) => Math.fround(3 * value))]);
    free(x, c, found, alone);
  });

  test('of constants keeps only its result, also where everything else is kept', () => {
    const [x, c] = [drawn(1, 2), drawn(1, 2)];
    const recording = record({ x });
    const start = memory().numTensors;
    const constant = recording.run(() => segment([c], () => scale(mul(add(c, c), c), 2)));
    expect(memory().numTensors - start).toBe(1);
    const { x: found } = recording.backward(recording.run((p) => sum(mul(p.x, constant))));
    expect(values([found])).toEqual([[...c.dataSync()].map((value) => Math.fround(4 * Math.fround(value * value)))]);
    free(x, c, found);
  });

  test('may hand back its input', () => {
    const x = drawn(1, 3);
    const recording = record({ x }, { recompute: true });
    const loss = recording.run((p) => sum(mul(segment([p.x], () => p.x), p.x)));
    const { x: found } = recording.backward(loss);
    expect(values([found])).toEqual([[...x.dataSync()].map((value) => Math.fround(2 * value))]);
    free(x, found);
  });

  test('in a segment: each runs again where it is reached', () => {
    const x = drawn(2, 2);
    const cube = (t: Tensor): Tensor => segment([t], () => mul(segment([t], () => mul(t, t)), t));
    const of = (recompute: boolean): number[][] => {
      const recording = record({ x }, { recompute });
      const { x: found } = recording.backward(recording.run((p) => sum(cube(p.x))));
      const result = values([found]);
      free(found);
      return result;
    };
    expect(of(true)).toEqual(of(false));
    free(x);
  });

  test('that fails when it runs again ends the recording and frees all of it', () => {
    const x = drawn(2, 2);
    let ran = 0;
    const recording = record({ x }, { recompute: true });
    const loss = recording.run((p) =>
      sum(
        segment([p.x], () => {
          const y = mul(p.x, p.x);
          if (++ran > 1) throw new Error('no more memory');
          return scale(y, 2);
        }),
      ),
    );
    expect(() => recording.backward(loss)).toThrow('no more memory');
    free(x);
  });

  test('keeps everything inside a nested gradient: second derivatives are as without it', () => {
    const x = drawn(1, 3);
    const of = (recompute: boolean): number[][] => {
      const recording = record({ x }, { recompute });
      const loss = recording.run((p) => {
        const inner = grad((y: Tensor) => sum(segment([y], () => mul(mul(y, y), y))), p.x as Tensor);
        return sum(mul(inner, inner));
      });
      const { x: found } = recording.backward(loss);
      const result = values([found]);
      free(found);
      return result;
    };
    expect(of(true)).toEqual(of(false));
    free(x);
  });

  test('keeps a result that the caller wants', () => {
    const params = { x: drawn(1, 2) };
    const { value, aux, grads } = valueAndGrad(({ x }) => {
      const y = segment([x], () => mul(x, x));
      return { value: sum(y), aux: { y } };
    }, params);
    const recording = record(params, { recompute: true });
    let y: Tensor | undefined;
    const loss = recording.run(({ x }) => sum((y = segment([x], () => mul(x, x)))));
    const found = recording.backward(loss, [loss, y as Tensor]);
    expect(values([loss, y as Tensor, found.x])).toEqual(values([value, aux.y, grads.x]));
    free(value, aux.y, grads.x, params.x, loss, y as Tensor, found.x);
  });
});
