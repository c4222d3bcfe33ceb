import { add, ArgumentError, dot, memory, mul, openDevice, Rng, scale, type Scalar, tensor, type Tensor2D, type Tensor4D, valueAndGrad } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { consistencyTerm, gradientPenaltyTerm, modeSeekingTerm, stylePriorTerm } from './index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const image = (values: readonly number[], shape: [number, number, number, number]): Tensor4D => tensor([...values], shape);
const value = async (x: Scalar): Promise<number> => (await x.data())[0] as number;

describe('R1', () => {
  // Two scales, of w x² and of 3 w x: D(x) = w (mean x² + 3 mean x), ∇ = w (2 x + 3) / 4 for images of 4 values.
  const x = [0.5, -1, 2, 0.25, 1, 0, -0.5, 3];
  const penalty = (w: number): number => 0.5 * (x.reduce((sum, v) => sum + ((w * (2 * v + 3)) / 4) ** 2, 0) / 2);

  test('is the closed form, and so is its gradient for the parameters, which finite differences confirm', async () => {
    const before = memory().numTensors;
    const reals = image(x, [2, 2, 2, 1]);
    const w = tensor(new Float32Array(8).fill(1.5), [2, 2, 2, 1]) as Tensor4D;
    const { value: found, grads } = valueAndGrad(
      (params) => ({ value: gradientPenaltyTerm((images) => [mul(params.w, mul(images, images)), scale(mul(params.w, images), 3)], reals), aux: {} }),
      { w },
    );
    expect(await value(found)).toBeCloseTo(penalty(1.5), 5);
    const total = Array.from(await grads.w.data()).reduce((sum, v) => sum + v, 0);
    const step = 1e-4;
    expect(total).toBeCloseTo((penalty(1.5 + step) - penalty(1.5 - step)) / (2 * step), 4);
    expect(total).toBeCloseTo((2 * penalty(1.5)) / 1.5, 4);
    for (const t of [found, grads.w, reals, w]) t.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('consistency', () => {
  // Two samples; maps of 2×2 and of 1×1.
  const [fine, changed] = [[1, 2, 3, 4, 0, 0, 1, 1], [1, 1, 1, 1, 0, 2, 0, 0]];
  const [coarse, changedCoarse] = [[3, -1], [1, -1.5]];
  // Means of the fine maps: 2.5 and 0.5, changed to 1 and 0.5.
  const expected = (1.5 ** 2 + 0) / 2 + (2 ** 2 + 0.5 ** 2) / 2;

  test('is the mean square of what the mean score of a sample changes by, over all scales', async () => {
    const before = memory().numTensors;
    const maps = [image(fine, [2, 2, 2, 1]), image(coarse, [2, 1, 1, 1]), image(changed, [2, 2, 2, 1]), image(changedCoarse, [2, 1, 1, 1])] as const;
    const found = consistencyTerm([maps[0], maps[1]], [maps[2], maps[3]]);
    expect(await value(found)).toBeCloseTo(expected, 5);
    expect(await value(consistencyTerm([maps[0]], [maps[0]]))).toBe(0);
    for (const t of [found, ...maps]) t.dispose();
    // The second term above.
    expect(memory().numTensors).toBe(before + 1);
  });

  test('has the gradient of finite differences, for both sides', async () => {
    const at = async (x: readonly number[], y: readonly number[]): Promise<number> => value(consistencyTerm([image(x, [2, 2, 2, 1])], [image(y, [2, 2, 2, 1])]));
    const { grads } = valueAndGrad((p) => ({ value: consistencyTerm([p.x], [p.y]), aux: {} }), { x: image(fine, [2, 2, 2, 1]), y: image(changed, [2, 2, 2, 1]) });
    const step = 0.125;
    for (const [i] of fine.entries()) {
      const moved = (values: readonly number[], by: number): number[] => values.map((v, k) => (k === i ? v + by : v));
      expect((await grads.x.data())[i]).toBeCloseTo(((await at(moved(fine, step), changed)) - (await at(moved(fine, -step), changed))) / (2 * step), 5);
      expect((await grads.y.data())[i]).toBeCloseTo(((await at(fine, moved(changed, step))) - (await at(fine, moved(changed, -step)))) / (2 * step), 5);
    }
  });

  test('refuses other scales', () => {
    expect(() => consistencyTerm([], [])).toThrow(ArgumentError);
    expect(() => consistencyTerm([image(fine, [2, 2, 2, 1])], [])).toThrow(/at least one, got 1 and 0/);
  });
});

describe('mode seeking', () => {
  const inputs = (): { a: Tensor4D; b: Tensor4D; s: Tensor2D; t: Tensor2D } => ({
    a: image([0, 0.5, 1, -1], [1, 2, 2, 1]),
    b: image([0.5, 0.5, 0, -0.5], [1, 2, 2, 1]),
    s: tensor([1, 0], [1, 2]),
    t: tensor([0, 0.5], [1, 2]),
  });

  test('is the distance of styles over that of images', async () => {
    const { a, b, s, t } = inputs();
    expect(await value(modeSeekingTerm(a, b, s, t))).toBeCloseTo(1 / (0.5 / 0.75 + 1e-5), 4);
    expect(await value(modeSeekingTerm(a, a, s, t))).toBeCloseTo(1e5, -1);
  });

  test('falls as translations move apart', async () => {
    const { a, b, s, t } = inputs();
    const { value: before, grads } = valueAndGrad((p) => ({ value: modeSeekingTerm(p.a, b, s, t), aux: {} }), { a });
    const moved = add(a, scale(grads.a, -0.01));
    expect(await value(modeSeekingTerm(moved, b, s, t))).toBeLessThan(await value(before));
    // Along the gradient the term falls by ‖g‖² for each unit.
    const slope = ((await value(before)) - (await value(modeSeekingTerm(add(a, scale(grads.a, -1e-3)), b, s, t)))) / 1e-3;
    expect(slope / (await value(dot(grads.a, grads.a)))).toBeCloseTo(1, 1);
  });
});

describe('the prior of styles', () => {
  const kernel = (p: readonly number[], q: readonly number[]): number => 4 / (4 + p.reduce((sum, v, i) => sum + (v - (q[i] as number)) ** 2, 0));

  test('is the discrepancy of the two sets', async () => {
    const [x, y] = [[[1, 2], [0, -1]], [[0.5, 0], [2, 2], [-1, 1]]];
    const mean = (a: readonly number[][], b: readonly number[][]): number => a.flatMap((p) => b.map((q) => kernel(p, q))).reduce((sum, k) => sum + k, 0) / (a.length * b.length);
    const found = await value(stylePriorTerm(tensor(x.flat(), [2, 2]), tensor(y.flat(), [3, 2])));
    expect(found).toBeCloseTo(mean(x, x) + mean(y, y) - 2 * mean(x, y), 5);
  });

  test('is 0 for equal sets, small for two draws of the prior, and large far from it', async () => {
    const drawn = (seed: number, shift: number): Tensor2D => tensor(new Rng(seed).normals(64 * 4).map((v) => v + shift), [64, 4]);
    const prior = drawn(1, 0);
    expect(await value(stylePriorTerm(prior, prior))).toBeCloseTo(0, 6);
    const [near, far] = [await value(stylePriorTerm(drawn(2, 0), prior)), await value(stylePriorTerm(drawn(2, 3), prior))];
    expect(near).toBeLessThan(0.05);
    expect(far).toBeGreaterThan(0.5);
  });
});
