import { ArgumentError, NonFiniteError, Rng, ShapeError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { expectedFigures, metricsReference } from '../../test/reference.js';
import { inceptionScores, type Predictions } from './scores.js';

function randomPredictions(seed: number, inputs: number, styles: number, classes: number): Predictions {
  const rng = new Rng(seed);
  const data = new Float64Array(inputs * styles * classes);
  for (let at = 0; at < data.length; at += classes) {
    const weights = Array.from({ length: classes }, () => Math.exp(2 * rng.normal()));
    const sum = weights.reduce((a, b) => a + b, 0);
    weights.forEach((w, k) => (data[at + k] = w / sum));
  }
  return { inputs, styles, classes, data };
}

const quick = { resamples: 200 };

describe('inceptionScores', () => {
  it('equal the published ones', () => {
    const file = metricsReference();
    const stored = file.tensors.get('class_probabilities');
    if (stored === undefined) throw new Error('The reference file has no predictions.');
    const [inputs, styles, classes] = stored.shape as [number, number, number];
    const expected = expectedFigures(file);
    const { is, cis } = inceptionScores({ inputs, styles, classes, data: stored.float32() });
    expect(Math.abs(is.exponentiated / (expected['inception_score'] as number) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(cis.exponentiated / (expected['conditional_inception_score'] as number) - 1)).toBeLessThan(1e-5);
    expect(is.nats).toBeCloseTo(Math.log(is.exponentiated), 12);
    expect(is.interval?.low).toBeLessThan(is.nats);
  });

  it('are the mean divergence, term by term', () => {
    const { inputs, styles, classes, data } = randomPredictions(3, 4, 3, 5);
    const rows = (input: number): number[][] => Array.from({ length: styles }, (_, s) => Array.from(data.subarray((input * styles + s) * classes, (input * styles + s + 1) * classes)));
    const mean = (all: readonly (readonly number[])[]): number[] => Array.from({ length: classes }, (_, k) => all.reduce((sum, row) => sum + (row[k] as number), 0) / all.length);
    const divergence = (all: readonly (readonly number[])[], q: readonly number[]): number =>
      all.reduce((sum, row) => sum + row.reduce((s, p, k) => s + p * Math.log(p / (q[k] as number)), 0), 0) / all.length;
    const everything = [0, 1, 2, 3].flatMap(rows);
    const { is, cis } = inceptionScores({ inputs, styles, classes, data }, quick);
    expect(is.nats).toBeCloseTo(divergence(everything, mean(everything)), 12);
    expect(cis.nats).toBeCloseTo([0, 1, 2, 3].reduce((sum, i) => sum + divergence(rows(i), mean(rows(i))) / 4, 0), 12);
  });

  it('keep ln K ≥ IS ≥ CIS ≥ 0', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { is, cis } = inceptionScores(randomPredictions(seed, 1 + (seed % 5), 1 + (seed % 7), 2 + (seed % 6)), { resamples: 2 });
      expect(cis.nats).toBeGreaterThanOrEqual(0);
      expect(is.nats).toBeGreaterThanOrEqual(cis.nats - 1e-12);
      expect(is.nats).toBeLessThanOrEqual(Math.log(2 + (seed % 6)));
    }
  });

  it('reach ln K when every input reaches every mode for certain', () => {
    const data = Float32Array.from({ length: 2 * 3 * 3 }, (_, at) => (Math.floor(at / 3) % 3 === at % 3 ? 1 : 0));
    const { is, cis } = inceptionScores({ inputs: 2, styles: 3, classes: 3, data });
    expect(is.nats).toBeCloseTo(Math.log(3), 12);
    expect(cis.nats).toBeCloseTo(Math.log(3), 12);
    expect(cis.exponentiated).toBeCloseTo(3, 12);
  });

  it('a deterministic model has CIS 0', () => {
    const one = randomPredictions(1, 6, 1, 4);
    const data = new Float32Array(6 * 10 * 4);
    for (let i = 0; i < 60; i++) data.set(one.data.subarray(4 * Math.floor(i / 10), 4 * Math.floor(i / 10) + 4), 4 * i);
    const { is, cis } = inceptionScores({ inputs: 6, styles: 10, classes: 4, data });
    expect(cis.nats).toBeLessThan(1e-15);
    expect(is.nats).toBeGreaterThan(0.01);
  });

  it('refuse logits, NaN, a single class and other sizes', () => {
    const of = (data: number[], classes = 2): Predictions => ({ inputs: 1, styles: data.length / classes, classes, data: Float32Array.from(data) });
    expect(() => inceptionScores(of([2, 1]))).toThrow(ArgumentError);
    expect(() => inceptionScores(of([1.5, -0.5]))).toThrow('softmax');
    expect(() => inceptionScores(of([0.5, 0.5, Number.NaN, 0.5]))).toThrow(NonFiniteError);
    expect(() => inceptionScores(of([1, 1], 1))).toThrow('at least 2 classes');
    expect(() => inceptionScores({ ...of([0.5, 0.5]), inputs: 2 })).toThrow(ShapeError);
    expect(() => inceptionScores({ inputs: 0, styles: 0, classes: 2, data: new Float32Array(0) })).toThrow(ShapeError);
  });
});
