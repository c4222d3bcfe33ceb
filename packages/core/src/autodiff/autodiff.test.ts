import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDevice } from '../devices/devices.js';
import { ArgumentError, GradientError, ShapeError } from '../errors/index.js';
import { add, mul, reshape, scale, weightedSum } from '../ops/elementwise/elementwise.js';
import { linear } from '../ops/linear/linear.js';
import { meanSquaredTo } from '../ops/reductions/distances.js';
import { dot } from '../ops/reductions/sums.js';
import { keep, memory, runKernel, type Scalar, scalar, type Tensor, type Tensor1D, type Tensor2D, tensor, tidy } from '../tfjs.js';
import { tidyTree } from '../tidyTree.js';
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

describe('values and gradients', () => {
  test('of a product and a sum, by hand', () => {
    const params = { x: vector(1, 2), y: vector(3, -1) };
    // Σ x y + 3 x
    const { value, grads } = valueAndGrad(({ x, y }) => ({ value: sum(add(mul(x, y), scale(x, 3))), aux: {} }), params);
    expect(take(value, grads.x, grads.y)).toEqual([[10], [6, 2], [1, 2]]);
    take(params.x, params.y);
  });

  test('a tensor used twice, in one op and in several, gets the sum', () => {
    const x = vector(2, -3);
    // Σ x · x + x
    const g = grad((x) => sum(add(mul(x, x), x)), x);
    expect(take(g)).toEqual([[5, -5]]);
    // dy itself goes to both inputs of a sum: neither may free the other's.
    const doubled = grad((x) => sum(add(add(x, x), add(x, x))), x);
    expect(take(doubled, x)).toEqual([[4, 4], [2, -3]]);
  });

  test('a parameter without influence has a gradient of zeros', () => {
    const params = { used: vector(2), unused: tensor([1, 2, 3, 4], [2, 2]) };
    const { value, grads } = valueAndGrad(({ used }) => ({ value: sum(scale(used, 4)), aux: {} }), params);
    expect(grads.unused.shape).toEqual([2, 2]);
    expect(take(value, grads.used, grads.unused)).toEqual([[8], [4], [0, 0, 0, 0]]);
    take(params.used, params.unused);
  });

  test('a branch that does not reach the value costs no gradient', () => {
    const x = vector(1, 2);
    let asked = 0;
    const side = (t: Tensor): Tensor =>
      differentiable<Tensor>({
        name: 'side',
        inputs: [t],
        forward: () => runKernel('Identity', { x: t }),
        backward: ({ dy }) => {
          asked++;
          return [dy];
        },
      });
    const g = grad((x) => {
      side(x);
      return sum(x);
    }, x);
    expect(take(g, x)).toEqual([[1, 1], [1, 2]]);
    expect(asked).toBe(0);
  });

  test('constants need none: `needs` says which inputs want a gradient', () => {
    const [x, c] = [vector(1), vector(5)];
    const seen: (readonly boolean[])[] = [];
    const record = (a: Tensor, b: Tensor): Tensor =>
      differentiable<Tensor>({
        name: 'watch',
        inputs: [a, b, undefined],
        forward: () => runKernel('Multiply', { a, b }),
        backward: ({ dy, needs }) => {
          seen.push(needs);
          return [runKernel('Multiply', { a: dy, b }), undefined, undefined];
        },
      });
    expect(take(grad((x) => sum(record(x, c)), x))).toEqual([[5]]);
    expect(seen).toEqual([[true, false, false]]);
    take(x, c);
  });

  test('a tree of lists and records keeps its names', () => {
    const params = { blocks: [{ w: vector(2) }, { w: vector(3) }], out: vector(4) };
    const { value, grads } = valueAndGrad((p) => ({ value: sum(mul(mul(p.blocks[0]?.w ?? p.out, p.blocks[1]?.w ?? p.out), p.out)), aux: {} }), params);
    expect(Object.keys(grads)).toEqual(['blocks', 'out']);
    expect(take(value, ...grads.blocks.map(({ w }) => w), grads.out)).toEqual([[24], [12], [8], [6]]);
    take(...params.blocks.map(({ w }) => w), params.out);
  });
});

describe('what is handed through', () => {
  test('aux: recorded results, constants and the value itself, all the caller’s', () => {
    const params = { x: vector(1, 2) };
    const { value, aux, grads } = valueAndGrad(({ x }) => {
      const doubled = scale(x, 2);
      const total = sum(doubled);
      return { value: total, aux: { doubled, total, constant: scalar(7), nested: [sum(mul(x, x))] } };
    }, params);
    expect(aux.total).toBe(value);
    expect(take(aux.doubled, aux.constant, ...aux.nested, grads.x, value)).toEqual([[2, 4], [7], [5], [2, 2], [6]]);
    take(params.x);
  });

  test('a parameter returned as aux, or as the value, stays the caller’s', () => {
    const params = { x: scalar(3) };
    const { value, aux, grads } = valueAndGrad(({ x }) => ({ value: x, aux: { same: x } }), params);
    expect(value).toBe(params.x);
    expect(aux.same).toBe(params.x);
    expect(take(grads.x, params.x)).toEqual([[1], [3]]);
  });

  test('results outlive a tidy inside the function, and the caller’s own', () => {
    const x = vector(1, 2, 3);
    const g = tidy(() => keep(grad((x) => tidy(() => meanSquaredTo(tidy(() => scale(x, 2)), 1)), x)));
    // d/dx mean (2x − 1)² = 4 (2x − 1) / 3
    take(g, x)[0]?.forEach((value, i) => expect(value).toBeCloseTo([4 / 3, 12 / 3, 20 / 3][i] as number, 5));
  });
});

describe('memory', () => {
  test('activations are freed during the backward pass, each after its use', () => {
    const x = vector(1);
    const alive: number[] = [];
    const link = (t: Tensor): Tensor =>
      differentiable<Tensor>({
        name: 'link',
        inputs: [t],
        forward: () => runKernel('Identity', { x: t }),
        backward: ({ dy }) => {
          alive.push(memory().numTensors);
          return [dy];
        },
      });
    take(grad((x) => sum(link(link(link(link(x))))), x));
    // One activation fewer at each step back.
    expect(alive.map((count, i) => count - (alive[i + 1] ?? count - 1))).toEqual([1, 1, 1, 1]);
    take(x);
  });

  test.each(['forward', 'after saving', 'midway', 'backward', 'wrong shape', 'missing'])('nothing is left when an op fails: %s', (where) => {
    const params = { x: vector(1, 2), y: vector(3, 4) };
    const failing = (t: Tensor): Tensor =>
      differentiable<Tensor>({
        name: 'failing',
        inputs: [t],
        forward: (save) => {
          if (where === 'forward') throw new Error(where);
          save(runKernel('Identity', { x: t }));
          if (where === 'after saving') throw new Error(where);
          return runKernel('Identity', { x: t });
        },
        backward: ({ dy }) => {
          if (where === 'backward') throw new Error(where);
          return [where === 'missing' ? undefined : runKernel('Reshape', { x: dy }, { shape: [1, 2] })];
        },
      });
    const run = (): unknown =>
      valueAndGrad(({ x, y }) => {
        const product = mul(x, y);
        const constant = scalar(1);
        const total = sum(mul(failing(product), product));
        if (where === 'midway') throw new Error(where);
        return { value: total, aux: { product, total, constant, x } };
      }, params);
    const messages: Record<string, string> = {
      'wrong shape': "The op 'failing' gave a gradient of shape [1, 2] for its input 0 of shape [2].",
      missing: "The op 'failing' gave no gradient for its input 0.",
    };
    expect(run).toThrow(messages[where] ?? where);
    expect(isRecording()).toBe(false);
    // Parameters are untouched, and the next gradient works.
    expect(take(grad((x) => sum(x), params.x))).toEqual([[1, 1]]);
    take(params.x, params.y);
  });

  test('without a gradient, an op saves nothing and leaves its result alone', () => {
    const [x, w] = [tensor([1, 2], [1, 2]) as Tensor2D, tensor([3, 4], [2, 1]) as Tensor2D];
    const y = linear(x, w, undefined, 'relu');
    expect(memory().numTensors - before).toBe(3);
    expect(take(y, x, w)[0]).toEqual([11]);
  });
});

describe('a recording in pieces', () => {
  test('what happens between two pieces is constant, and may take a gradient of its own', () => {
    const params = { x: vector(1, 2) };
    const recording = record(params);
    const doubled = recording.run(({ x }) => scale(x, 2));
    // Plain code on recorded results: an update of something else.
    const squares = tidy(() => keep(grad((z) => sum(mul(mul(z, z), z)), doubled))); // 3 (2x)²
    const total = recording.run(({ x }) => sum(mul(mul(doubled, squares), x))); // Σ 2x · c · x
    expect([...total.dataSync()]).toEqual([2 * 12 + 2 * 4 * 48]);
    const grads = recording.backward(total, { doubled });
    expect(total.isDisposed).toBe(true);
    expect(take(grads.x, doubled, squares, params.x)).toEqual([[48, 2 * 2 * 48 * 2], [2, 4], [12, 48], [1, 2]]);
  });

  test('constants that a piece makes live until the end', () => {
    const params = { x: vector(1, 2) };
    const recording = record(params);
    const total = tidy(() => recording.run(({ x }) => sum(mul(x, vector(3, 4)))));
    expect(take(recording.backward(total).x, params.x)).toEqual([[3, 4], [1, 2]]);
  });

  test('a piece that fails ends the recording and frees it; so does dispose', () => {
    const params = { x: vector(1, 2) };
    const failed = record(params);
    failed.run(({ x }) => scale(x, 2));
    expect(() =>
      failed.run(() => {
        throw new Error('midway');
      }),
    ).toThrow('midway');
    const disposed = record(params);
    const total = disposed.run(({ x }) => sum(x));
    disposed.dispose();
    disposed.dispose();
    for (const over of [failed, disposed]) {
      expect(() => over.run(({ x }) => x)).toThrow('This recording has ended. Call `record` again for another gradient.');
      expect(() => over.backward(total)).toThrow(GradientError);
    }
    expect(memory().numTensors - before).toBe(1);
    take(params.x);
  });

  test('dispose after the gradient leaves what was kept', () => {
    const params = { x: vector(1, 2) };
    const recording = record(params);
    const total = recording.run(({ x }) => sum(x));
    const grads = recording.backward(total, total);
    recording.dispose();
    expect(take(total, grads.x, params.x)).toEqual([[3], [1, 1], [1, 2]]);
  });

  test('the gradient is not to be asked for inside a piece', () => {
    const params = { x: vector(1, 2) };
    const recording = record(params);
    expect(() => recording.run(({ x }) => recording.backward(sum(x)))).toThrow('Call `backward` after `run` has returned.');
    take(params.x);
  });
});

test('tidyTree frees all but the leaves of its result', () => {
  const result = tidyTree(() => {
    const x = vector(1, 2);
    vector(7);
    return { list: [x], name: 'two', absent: undefined };
  });
  expect(result.name).toBe('two');
  expect(memory().numTensors - before).toBe(1);
  expect(take(...result.list)).toEqual([[1, 2]]);
  // A scope around it owns the leaves.
  tidy(() => void tidyTree(() => [vector(1)]));
});

describe('what is refused', () => {
  test('a value that is not a scalar', () => {
    const x = vector(1, 2);
    const run = (): unknown => grad((x) => scale(x, 2) as Tensor as Scalar, x);
    expect(run).toThrow(ShapeError);
    expect(run).toThrow('A gradient needs a scalar value, but the function returned one of shape [2]. Reduce it by a mean or a sum.');
    take(x);
  });

  test('a value that does not depend on the parameters', () => {
    const [x, c] = [vector(1), vector(2)];
    expect(() => grad(() => sum(c), x)).toThrow(GradientError);
    expect(() => grad(() => sum(c), x)).toThrow('Compute it from the parameters that were passed in, by ops of @munit/core.');
    expect(() => grad((x) => detached(() => sum(x)), x)).toThrow('does not depend on any of the variables');
    take(x, c);
  });

  test('an input that was freed before its gradient was taken', () => {
    const x = vector(1, 2);
    const run = (): unknown => grad((x) => tidy(() => sum(mul(x, vector(3, 4)))), x);
    expect(run).toThrow(GradientError);
    expect(run).toThrow("The input 1 of the op 'dot' was freed before the gradient was taken. Inside the function to differentiate,");
    take(x);
  });

  test('the same tensor in two places', () => {
    const x = vector(1, 2);
    expect(() => valueAndGrad((p) => ({ value: sum(add(p.a, p.b)), aux: {} }), { a: x, b: x })).toThrow(
      'The parameters hold the same tensor, of shape [2], in two places. Pass it once, and use it twice inside the function.',
    );
    take(x);
  });
});

describe('ops that join', () => {
  test('a weighted sum of terms, some of them constants', () => {
    const params = { x: scalar(2) };
    const { value, grads } = valueAndGrad(({ x }) => ({ value: weightedSum([mul(x, x), scalar(10), x], [1, 0.5, -3]), aux: {} }), params);
    expect(take(value, grads.x, params.x)).toEqual([[3], [1], [2]]);
  });

  test('a reshape to its own shape is a tensor of its own', () => {
    const x = vector(1, 2);
    const g = grad((x) => sum(reshape(reshape(x, [2]), [2, 1])), x);
    expect(take(g, x)).toEqual([[1, 1], [1, 2]]);
  });

  test('an op that hands back its input is given a copy', () => {
    const x = vector(3);
    const identity = (t: Tensor): Tensor => differentiable<Tensor>({ name: 'identity', inputs: [t], forward: () => t, backward: ({ dy }) => [dy] });
    expect(take(grad((x) => sum(identity(x)), x), x)).toEqual([[1], [3]]);
  });

  test('a wrong argument inside the function is reported as itself', () => {
    const x = vector(1);
    expect(() => grad((x) => weightedSum([x as Tensor as Scalar], [1, 2]), x)).toThrow(ArgumentError);
    take(x);
  });
});
