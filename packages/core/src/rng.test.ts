import { describe, expect, test } from 'vitest';
import { ArgumentError } from './errors/index.js';
import { Rng } from './rng.js';

const count = 40_000;
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
const draw = (rng: Rng, n = 8): number[] => Array.from({ length: n }, () => rng.uniform());

/** Pearson's χ² of observed counts against equal expectation. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, c) => sum + c, 0) / counts.length;
  return counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
}

/** The bound that χ² with this many degrees of freedom passes once in about ten thousand (Wilson and Hilferty's approximation). */
const chiBound = (freedom: number): number => freedom * (1 - 2 / (9 * freedom) + 3.72 * Math.sqrt(2 / (9 * freedom))) ** 3;

describe('distributions', () => {
  test('uniform: moments, range, and equal tenths', () => {
    const values = new Rng(1).uniforms(count);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] as number) + 1;
    expect(chiSquared(tenths)).toBeLessThan(chiBound(9));
  });

  test('uniforms between bounds', () => {
    const values = new Rng(2).uniforms(1000, -3, -1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThan(-1);
    expect(Math.abs(mean(values) + 2)).toBeLessThan(4 * Math.sqrt(4 / 12 / 1000));
  });

  test('normal: the first four moments, and no correlation of neighbours', () => {
    const values = new Rng(3).normals(count);
    const moment = (k: number): number => mean(values.map((x) => x ** k));
    const standardError = (variance: number): number => 4 * Math.sqrt(variance / count);
    expect(Math.abs(moment(1))).toBeLessThan(standardError(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(standardError(2));
    expect(Math.abs(moment(3))).toBeLessThan(standardError(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(standardError(96));
    const neighbours = mean(values.slice(1).map((x, i) => x * (values[i] as number)));
    expect(Math.abs(neighbours)).toBeLessThan(standardError(1));
  });

  test('the first number of neighbouring seeds is as random as any', () => {
    const first = Array.from({ length: count }, (_, seed) => new Rng(seed).normal());
    expect(Math.abs(mean(first))).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(mean(first.map((x) => x * x)) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  });

  test('integers: all choices, equally often', () => {
    const rng = new Rng(4);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const k = rng.integer(7);
      counts[k] = (counts[k] as number) + 1;
    }
    expect(counts).toHaveLength(7);
    expect(chiSquared(counts)).toBeLessThan(chiBound(6));
    expect(rng.integer(1)).toBe(0);
  });

  test('permutations: each order of four equally often', () => {
    const rng = new Rng(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = rng.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquared([...counts.values()])).toBeLessThan(chiBound(23));
    expect(rng.permutation(0)).toEqual([]);
    expect(rng.permutation(50).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe('determinism', () => {
  test('the same seed gives the same numbers, another gives others', () => {
    expect(draw(new Rng(6))).toEqual(draw(new Rng(6)));
    expect(draw(new Rng(6))).not.toEqual(draw(new Rng(7)));
    expect(draw(new Rng(0))).not.toEqual(draw(new Rng(0xffffffff)));
  });

  test('a restored source continues where the state was taken, through JSON', () => {
    const rng = new Rng(8);
    rng.normals(5);
    const state = JSON.parse(JSON.stringify(rng.state())) as number[];
    const expected = [...rng.normals(9), ...rng.permutation(9)];
    const restored = Rng.restore(state);
    expect([...restored.normals(9), ...restored.permutation(9)]).toEqual(expected);
    expect(restored.state()).toEqual(rng.state());
  });

  test('asking for many is asking for each', () => {
    const [a, b] = [new Rng(9), new Rng(9)];
    expect([...a.normals(3)]).toEqual(Array.from({ length: 3 }, () => Math.fround(b.normal())));
  });
});

describe('splitting', () => {
  test('gives the same child again, and children of children of their own', () => {
    const family = (): number[][] => {
      const rng = new Rng(10);
      const child = rng.split();
      const sibling = rng.split();
      const grandchild = child.split();
      return [rng, child, sibling, grandchild].map((source) => draw(source));
    };
    expect(family()).toEqual(family());
    expect(new Set(family().flat()).size).toBe(32);
  });

  test('a parent and its child are uncorrelated', () => {
    const parent = new Rng(11);
    const child = parent.split();
    const products = Array.from({ length: count }, () => parent.normal() * child.normal());
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(count));
  });
});

describe('what is refused', () => {
  test.each([-1, 1.5, NaN, Infinity, 2 ** 32])('the seed %s', (seed) => {
    expect(() => new Rng(seed)).toThrow(new ArgumentError(`A seed must be a whole number from 0 to 4294967295, but it is ${seed}.`));
  });

  test.each([0, -3, 2.5, NaN])('%s choices', (choices) => {
    expect(() => new Rng(1).integer(choices)).toThrow(`The number of choices must be a whole number above 0, but it is ${choices}.`);
  });

  test.each([[[1, 2, 3]], [[1, 2, 3, 0.5]], [[1, 2, 3, 2 ** 40]], [[]]])('the state %j', (state) => {
    expect(() => Rng.restore(state)).toThrow('The state of a random source must be four 32-bit integers, as `Rng.state()` gives.');
  });
});
