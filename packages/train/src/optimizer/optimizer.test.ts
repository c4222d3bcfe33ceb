import { type Device, memory, openDevice, type Tensor, tensor, treeLeaves } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adam } from './adam.js';
import { emaDecay, scheduleFactor } from './schedule.js';

describe('scheduleFactor', () => {
  const options = { step_size: 3, gamma: 0.5, max_iter: 100 } as const;
  it('halves at the published places: the scheduler steps before the update', () => {
    const factors = Array.from({ length: 7 }, (_, step) => scheduleFactor(step, { ...options, lr_policy: 'step' }));
    expect(factors).toEqual([1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]);
  });
  it('goes down in a line over the second half', () => {
    const at = (step: number): number => scheduleFactor(step, { ...options, lr_policy: 'linear' });
    expect([at(0), at(50), at(75), at(100)]).toEqual([1, 1, 0.5, 0]);
  });
  it('follows a cosine', () => {
    const at = (step: number): number => scheduleFactor(step, { ...options, lr_policy: 'cosine' });
    expect(at(0)).toBe(1);
    expect(at(50)).toBeCloseTo(0.5, 12);
    expect(at(100)).toBeCloseTo(0, 12);
    expect(scheduleFactor(5, { ...options, lr_policy: 'constant' })).toBe(1);
  });
});

describe('emaDecay', () => {
  const options = { ema_half_life_images: 10_000, ema_rampup: 0.05, batch_size: 4, accumulate: 2 } as const;
  /** How much of the average after the update `last` is older than the update `first`. */
  const older = (first: number, last: number, config: Parameters<typeof emaDecay>[1]): number =>
    Array.from({ length: last - first + 1 }, (_, i) => emaDecay(first + i, config)).reduce((product, decay) => product * decay, 1);

  it('leaves nothing of the random start', () => {
    expect(older(0, 249, options)).toBe(0);
    // 2000 images: 2^(−2000 / 10000) without the ramp.
    expect(older(0, 249, { ...options, ema_rampup: 0 })).toBeCloseTo(0.870551, 6);
  });
  it('has a half-life of the ramp times the images seen, whatever the batch', () => {
    // ∏ 2^(−1 / (ramp k)) over the updates k = 100 … 199: 2^(−(H₁₉₉ − H₉₉) / ramp), and H₁₉₉ − H₉₉ = ln 2 + 1/400 + O(10⁻⁵).
    for (const batch_size of [1, 7]) expect(Math.log2(older(100, 199, { ...options, batch_size }))).toBeCloseTo(-(Math.LN2 + 1 / 400) / 0.05, 3);
  });
  it('is as configured from the image on at which the ramp has reached it', () => {
    const steady = 0.5 ** (8 / 10_000);
    expect(emaDecay(24_999, options)).toBeLessThan(steady);
    expect(emaDecay(25_000, options)).toBe(steady);
    expect(emaDecay(1e6, options)).toBe(steady);
    expect(emaDecay(0, { ...options, ema_half_life_images: 0 })).toBe(0);
  });
});

describe('adam', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('cpu');
  });
  afterAll(() => device.dispose());

  /** PyTorch's rule for one number, in double precision. */
  function scalarAdam(p: number, gradients: readonly number[], { rate, beta1, beta2, decay }: { rate: number; beta1: number; beta2: number; decay: number }): number {
    let [m, v] = [0, 0];
    gradients.forEach((gradient, i) => {
      const g = gradient + decay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      p -= ((rate / (1 - beta1 ** (i + 1))) * m) / (Math.sqrt(v) / Math.sqrt(1 - beta2 ** (i + 1)) + 1e-8);
    });
    return p;
  }

  it('follows the rule with coupled decay, leaf by leaf, and leaks nothing', async () => {
    const optimizer = adam({ beta1: 0.5, beta2: 0.999, weightDecay: 0.1 });
    const before = memory().numTensors;
    let params = { x: tensor([1, -2]), y: tensor([[0.5]]) as Tensor };
    let state = optimizer.init(params);
    const series = [[0.3, -0.7, 0], [-0.1, 0.2, 4], [0.05, 0.9, -1]] as const;
    for (const [g0, g1, g2] of series) {
      const gradients = { x: tensor([g0, g1]), y: tensor([[g2]]) as Tensor };
      ({ params, state } = optimizer.update(params, gradients, state, 0.01));
      gradients.x.dispose();
      gradients.y.dispose();
    }
    const options = { rate: 0.01, beta1: 0.5, beta2: 0.999, decay: 0.1 };
    const column = (k: 0 | 1 | 2): number[] => series.map((row) => row[k]);
    const [x, y] = [await params.x.data(), await params.y.data()];
    expect(x[0]).toBeCloseTo(scalarAdam(1, column(0), options), 6);
    expect(x[1]).toBeCloseTo(scalarAdam(-2, column(1), options), 6);
    expect(y[0]).toBeCloseTo(scalarAdam(0.5, column(2), options), 6);
    expect(state.count).toBe(3);
    for (const leaf of treeLeaves<Tensor>([params, state.m, state.v])) leaf.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
