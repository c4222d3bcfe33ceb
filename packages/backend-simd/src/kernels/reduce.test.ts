import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, run, useSimd } from '../testing/harness.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

describe('Sum and Mean', () => {
  const shape = [2, 3, 5, 7];
  const x = random(210, 1);

  it.each([[[0, 1, 2, 3]], [[0]], [[3]], [[1, 2]], [[0, 1, 2]], [[0, 2]], [[2, 3]]])('over axes %j', (axis) => {
    const kept = shape.map((_, i) => i).filter((i) => !axis.includes(i));
    const truth = new Float64Array(kept.reduce((p, i) => p * shape[i]!, 1));
    x.forEach((v, i) => {
      const index = [Math.floor(i / 105), Math.floor(i / 35) % 3, Math.floor(i / 7) % 5, i % 7];
      truth[kept.reduce((sum, a) => sum * shape[a]! + index[a]!, 0)]! += v;
    });
    const count = 210 / truth.length;
    expectClose(run('Sum', { x: { values: x, shape } }, { axis })[0]!, truth, 1e-6, 1e-6);
    expectClose(run('Mean', { x: { values: x, shape } }, { axis, keepDims: true })[0]!, truth.map((v) => v / count), 1e-6, 1e-6);
  });

  it('does not drift over four million numbers', () => {
    const values = new Float32Array(4_194_304).fill(0.1);
    const [mean] = run('Mean', { x: { values, shape: [values.length] } }, { axis: [0] });
    expect(Math.abs(mean![0]! / Math.fround(0.1) - 1)).toBeLessThan(1e-6);
  });
});

describe('UnitDistance', () => {
  it.each([[1, 1], [3, 2], [33, 7], [70, 12], [40, 200]])('of %i places of %i channels equals plain sums in double precision', (places, channels) => {
    const shape = [2, places, 1, channels];
    const [x, y, weights] = [random(2 * places * channels, 1), random(2 * places * channels, 2), random(channels, 3).map(Math.abs)];
    x.fill(0, 0, channels);
    const truth = [0, 1].map((image) => {
      let sum = 0;
      for (let place = image * places; place < (image + 1) * places; place++) {
        const [a, b] = [x, y].map((map) => [...map.subarray(place * channels, (place + 1) * channels)]) as [number[], number[]];
        const [p, q] = [Math.hypot(...a) + 1e-10, Math.hypot(...b) + 1e-10];
        a.forEach((value, c) => (sum += weights[c]! * (value / p - b[c]! / q) ** 2));
      }
      return sum / places;
    });
    const run2 = (other: Float32Array) => run('UnitDistance', { x: { values: x, shape }, y: { values: other, shape }, weights: { values: weights, shape: [channels] } })[0]!;
    expectClose(run2(y), truth, 1e-6, 1e-6);
    expectClose(run2(x), [0, 0], 0, 0);
  });
});

describe('losses', () => {
  const n = 10_007;
  const a = { values: random(n, 1), shape: [n] };
  const b = { values: random(n, 2), shape: [n] };
  b.values.set(a.values.subarray(0, 5)); // equal cells: sign(0) = 0
  const dy = { values: [0.7], shape: [] };
  const d = Float64Array.from(a.values, (v, i) => v - b.values[i]!);
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / n;

  it('mean |a - b| and its gradients', () => {
    expectClose(run('MeanAbsoluteDifference', { a, b })[0]!, [mean(d.map(Math.abs))], 0, 1e-6);
    const [da, db] = run('MeanAbsoluteDifferenceGrad', { a, b, dy }, { needsA: true, needsB: true });
    expectClose(da!, d.map((v) => (Math.sign(v) * 0.7) / n), 0, 1e-6);
    expectClose(db!, d.map((v) => (-Math.sign(v) * 0.7) / n), 0, 1e-6);
    expect(run('MeanAbsoluteDifferenceGrad', { a, b, dy }, { needsA: false, needsB: true })).toEqual([db]);
  });

  it('mean (a - b)² and its gradients', () => {
    expectClose(run('MeanSquaredDifference', { a, b })[0]!, [mean(d.map((v) => v * v))], 0, 1e-6);
    const [da, db] = run('MeanSquaredDifferenceGrad', { a, b, dy }, { needsA: true, needsB: true });
    expectClose(da!, d.map((v) => (2 * v * 0.7) / n), 1e-7, 1e-6);
    expectClose(db!, d.map((v) => (-2 * v * 0.7) / n), 1e-7, 1e-6);
  });

  it('mean (x - target)² and its gradient', () => {
    const e = Float64Array.from(a.values, (v) => v - 0.9);
    expectClose(run('MeanSquaredTo', { x: a }, { target: 0.9 })[0]!, [mean(e.map((v) => v * v))], 0, 1e-6);
    expectClose(run('MeanSquaredToGrad', { x: a, dy }, { target: 0.9 })[0]!, e.map((v) => (2 * v * 0.7) / n), 1e-7, 1e-6);
  });
});
