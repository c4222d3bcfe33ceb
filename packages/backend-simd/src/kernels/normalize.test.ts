import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, run, useSimd, type Value } from '../testing/harness.js';
import { type NormalizeCase, statIndex, statistics } from '../testing/reference.js';

interface Case extends NormalizeCase {
  readonly affine: 'none' | 'shared' | 'perSample';
  readonly activation: 'none' | 'relu' | 'lrelu';
  readonly residual: boolean;
}

const cases: readonly Case[] = [
  { n: 1, pixels: 35, c: 8, over: 'instance', epsilon: 1e-5, affine: 'none', activation: 'relu', residual: false },
  { n: 2, pixels: 70, c: 5, over: 'instance', epsilon: 1e-5, affine: 'perSample', activation: 'none', residual: true },
  { n: 3, pixels: 66, c: 3, over: 'instance', epsilon: 1e-5, affine: 'shared', activation: 'lrelu', residual: false },
  { n: 2, pixels: 70, c: 6, over: 'layer', epsilon: 1e-5, affine: 'shared', activation: 'relu', residual: false },
  { n: 1, pixels: 9, c: 1, over: 'layer', epsilon: 1e-5, affine: 'none', activation: 'none', residual: false },
  { n: 2, pixels: 40, c: 6, over: 'layer', epsilon: 1e-3, affine: 'perSample', activation: 'lrelu', residual: true },
];
const label = (g: Case): string => `${g.over} [${g.n}, ${g.pixels}, ${g.c}] affine ${g.affine} ${g.activation}${g.residual ? ' + residual' : ''}`;
const slope = 0.2;

function inputsOf(g: Case): { x: Value; dy: Value; scale?: Value; shift?: Value; residual?: Value } {
  const shape = [g.n, g.pixels, 1, g.c];
  const size = g.n * g.pixels * g.c;
  const tensor = (seed: number): Value => ({ values: random(size, seed), shape });
  const affineShape = g.affine === 'perSample' ? [g.n, g.c] : [g.c];
  const affine = (seed: number): Value => ({ values: random(affineShape.reduce((p, k) => p * k, 1), seed), shape: affineShape });
  return {
    x: { values: random(size, 1).map((v, i) => 3 * v + (i % g.c)), shape }, dy: tensor(2),
    ...(g.affine === 'none' ? {} : { scale: affine(3), shift: affine(4) }), ...(g.residual ? { residual: tensor(5) } : {}),
  };
}

const attrsOf = (g: Case): object => ({ over: g.over, epsilon: g.epsilon, perSample: g.affine === 'perSample', activation: g.activation, slope });
const affineIndex = (g: Case, i: number): number => (g.affine === 'perSample' ? Math.floor(i / (g.pixels * g.c)) * g.c : 0) + (i % g.c);

/** Output for given inputs, in double precision. */
function forward(g: Case, x: ArrayLike<number>, scale?: ArrayLike<number>, shift?: ArrayLike<number>, residual?: ArrayLike<number>): Float64Array {
  const { mean, inv } = statistics(g, x);
  return Float64Array.from(x, (v, i) => {
    const s = statIndex(g, i);
    const z = (v - mean[s]!) * inv[s]! * (scale?.[affineIndex(g, i)] ?? 1) + (shift?.[affineIndex(g, i)] ?? 0);
    const y = g.activation === 'none' || z > 0 ? z : g.activation === 'relu' ? 0 : slope * z;
    return y + (residual?.[i] ?? 0);
  });
}

/** Derivative of Σ dy · y along each cell of `values`, by central differences in double precision. */
function differences(values: ArrayLike<number>, loss: (values: Float64Array) => number): Float64Array {
  const h = 1e-6;
  return Float64Array.from(values, (_, i) => {
    const shifted = (by: number): number => {
      const copy = Float64Array.from(values);
      copy[i]! += by;
      return loss(copy);
    };
    return (shifted(h) - shifted(-h)) / (2 * h);
  });
}

describe('FusedNormalize', () => {
  beforeAll(() => useSimd());
  afterAll(disposeSimdBackend);

  it.each(cases.map((g) => [label(g), g] as const))('%s', (_, g) => {
    const { x, scale, shift, residual } = inputsOf(g);
    const [y, mean, inv] = run('FusedNormalize', { x, scale, shift, residual }, attrsOf(g));
    const truth = statistics(g, x.values);
    expectClose(mean!, truth.mean);
    expectClose(inv!, truth.inv);
    expectClose(y!, forward(g, x.values, scale?.values, shift?.values, residual?.values));
  });

  it.each(cases.map((g) => [label(g), g] as const))('%s: gradients', (_, g) => {
    const { x, dy, scale, shift } = inputsOf(g);
    const [, mean, inv] = run('FusedNormalize', { x, scale, shift }, attrsOf(g));
    const statShape = g.over === 'layer' ? [g.n] : [g.n, g.c];
    const inputs = { x, dy, scale, shift, mean: { values: mean!, shape: statShape }, inv: { values: inv!, shape: statShape } };
    const needs = { needsX: true, needsScale: scale !== undefined, needsShift: shift !== undefined };
    const [dx, dScale, dShift] = run('FusedNormalizeGrad', inputs, { ...attrsOf(g), ...needs });
    const loss = (xv: ArrayLike<number>, sv?: ArrayLike<number>, bv?: ArrayLike<number>): number =>
      forward(g, xv, sv, bv).reduce((sum, v, i) => sum + v * dy.values[i]!, 0);
    expectClose(dx!, differences(x.values, (xv) => loss(xv, scale?.values, shift?.values)), 1e-4, 1e-3);
    if (!scale || !shift) return;
    expectClose(dScale!, differences(scale.values, (sv) => loss(x.values, sv, shift.values)), 1e-4, 1e-3);
    expectClose(dShift!, differences(shift.values, (bv) => loss(x.values, scale.values, bv)), 1e-4, 1e-3);
  });

  it.each(['instance', 'layer'])('%s: a constant map gives finite values and gradients', (over) => {
    const x = { values: new Float32Array(64 * 64 * 4).fill(0.1), shape: [1, 64, 64, 4] };
    const attrs = { over, epsilon: 1e-5, perSample: false, activation: 'none', slope: 0 };
    const [y, mean, inv] = run('FusedNormalize', { x }, attrs);
    expect(Math.max(...y!.map(Math.abs))).toBeLessThan(0.02);
    const statShape = over === 'layer' ? [1] : [1, 4];
    const inputs = { x, dy: x, mean: { values: mean!, shape: statShape }, inv: { values: inv!, shape: statShape } };
    const [dx] = run('FusedNormalizeGrad', inputs, { ...attrs, needsX: true, needsScale: false, needsShift: false });
    expect(dx!.every(Number.isFinite)).toBe(true);
  });

  it('takes the mean of four million numbers without drift', () => {
    const g: Case = { n: 1, pixels: 65_536, c: 64, over: 'layer', epsilon: 1e-5, affine: 'none', activation: 'none', residual: false };
    const x = { values: random(g.pixels * g.c, 1).map((v) => v + 2), shape: [1, 256, 256, 64] };
    const [, mean, inv] = run('FusedNormalize', { x }, attrsOf(g));
    const truth = statistics(g, x.values);
    expectClose(mean!, truth.mean, 0, 1e-6);
    expectClose(inv!, truth.inv, 0, 1e-6);
  });
});
