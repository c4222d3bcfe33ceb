import { describe, expect, it } from 'vitest';
import { checkImages, checkLosses, Disagreement } from './agreement.js';

describe('checkImages', () => {
  it('gives the largest difference, of either sign', () => {
    expect(checkImages('x', Float32Array.of(0, 0.5, -0.25), Float32Array.of(0, 0.5, -0.2495))).toBeCloseTo(5e-4, 6);
    expect(checkImages('x', Float32Array.of(0.25), Float32Array.of(0.25))).toBe(0);
  });

  it('refuses a difference above 1e-3', () => {
    expect(() => checkImages('translate-256, pytorch', Float32Array.of(0, 0.002), Float32Array.of(0, 0))).toThrow('translate-256, pytorch: the images differ by 2.0e-3');
  });

  it('refuses NaN on either side, wherever it is', () => {
    expect(() => checkImages('x', Float32Array.of(0, Number.NaN, 0), Float32Array.of(0, 0, 0))).toThrow(Disagreement);
    expect(() => checkImages('x', Float32Array.of(0, 0), Float32Array.of(Number.NaN, 0))).toThrow(Disagreement);
  });

  it('refuses images of other sizes, and none', () => {
    expect(() => checkImages('x', new Float32Array(3), new Float32Array(4))).toThrow("our image has 3 values, the peer's 4");
    expect(() => checkImages('x', new Float32Array(0), new Float32Array(0))).toThrow(Disagreement);
  });
});

describe('checkLosses', () => {
  it('gives the largest relative difference', () => {
    expect(checkLosses('x', { adv: 100.05, recon: 2 }, { recon: 2, adv: 100 })).toBeCloseTo(5e-4, 9);
  });

  it('refuses one loss that is off, and names it', () => {
    expect(() => checkLosses('train-64, pytorch', { adv: 1, recon: 2 }, { adv: 1, recon: 2.01 })).toThrow('train-64, pytorch: recon of the first step is 2');
  });

  it('refuses what is not a number, and losses that only one side has', () => {
    expect(() => checkLosses('x', { adv: Number.NaN }, { adv: 1 })).toThrow(Disagreement);
    expect(() => checkLosses('x', { adv: 1 }, { adv: Number.NaN })).toThrow(Disagreement);
    expect(() => checkLosses('x', { adv: 1, cyc: 1 }, { adv: 1 })).toThrow('our losses are adv, cyc');
  });

  it('takes a loss that is 0 on both sides', () => {
    expect(checkLosses('x', { adv: 0 }, { adv: 0 })).toBe(0);
  });
});
