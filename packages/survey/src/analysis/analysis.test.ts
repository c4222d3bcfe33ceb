import { DataError, Rng } from '@munit/core';
import { describe, expect, it } from 'vitest';
import type { Answer, KeyQuestion, SurveyAnswers, SurveyKey } from '../types.js';
import { agreementOf } from './agreement.js';
import { analyzeSurvey } from './analyze.js';
import { bradleyTerry } from './bradleyTerry.js';
import { formatResults } from './format.js';
import { type Vote, voteShare, wilsonInterval } from './intervals.js';
import { passByGuessing } from './workers.js';

const rows = (...values: readonly number[][]): Float64Array[] => values.map((row) => Float64Array.from(row));

describe('wilsonInterval', () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i of %i', (successes, total, low, high) => {
    const interval = wilsonInterval(successes, total);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
});

describe('voteShare', () => {
  it('has intervals that hold the truth as often as they say, where workers and inputs have tastes of their own', () => {
    const rng = new Rng(3);
    let [held, heldByWilson] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const [workers, inputs] = [rng.normals(10), rng.normals(30)];
      const votes = [...workers].flatMap((taste, w) => [...inputs].map((ease, i): Vote => {
        // By symmetry of the tastes, half of all votes are for x.
        const won = rng.uniform() < 1 / (1 + Math.exp(-0.8 * (taste + ease)));
        return { question: `q${i}`, input: `in${i}`, worker: `w${w}`, winner: won ? 'x' : 'y', loser: won ? 'y' : 'x' };
      }));
      const { interval, value } = voteShare(votes, ({ winner }) => winner === 'x', trial)!;
      if (interval.low <= 0.5 && 0.5 <= interval.high) held++;
      const wilson = wilsonInterval(Math.round(300 * value), 300);
      if (wilson.low <= 0.5 && 0.5 <= wilson.high) heldByWilson++;
    }
    // 95 % of 200 are 190, and 180 are 3 deviations below; one that takes all votes for independent holds in far fewer.
    expect(held).toBeGreaterThanOrEqual(180);
    expect(heldByWilson).toBeLessThan(140);
  }, 120_000);
});

describe('agreementOf', () => {
  it("is Krippendorff's α of his own examples", () => {
    // Krippendorff 2011, sections B and C: two observers and ten units; four observers, twelve units, values missing.
    const [a, b] = ['0100000010', '1110010000'];
    expect(agreementOf([...a].map((value, i) => [value, b[i]!]))!.alpha).toBeCloseTo(0.095, 3);
    const reliability = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, undefined, undefined, undefined],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, undefined, 3],
      [undefined, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, undefined],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, undefined],
    ];
    const units = reliability[0]!.map((_, unit) => reliability.flatMap((row) => (row[unit] === undefined ? [] : [String(row[unit])])));
    expect(agreementOf(units)!.alpha).toBeCloseTo(0.743, 3);
  });

  it('counts pairs of workers', () => {
    expect(agreementOf([['a', 'a', 'b'], ['b', 'b'], ['a']])).toMatchObject({ questions: 2, pairwise: (2 + 2) / (6 + 2) });
    expect(agreementOf([['a'], []])).toBeUndefined();
    expect(agreementOf([['a', 'a']])).toEqual({ questions: 1, pairwise: 1, alpha: undefined });
  });
});

describe('bradleyTerry', () => {
  it('is the logarithm of the odds for two', () => {
    const [a, b] = bradleyTerry(rows([0, 30], [10, 0]))!;
    expect(a! - b!).toBeCloseTo(Math.log(3), 9);
    expect(a! + b!).toBeCloseTo(0, 12);
  });

  it('finds strengths 4 : 2 : 1 where wins are as they predict', () => {
    const found = bradleyTerry(rows([0, 10, 12], [5, 0, 10], [3, 5, 0]))!;
    expect(found[0]! - found[1]!).toBeCloseTo(Math.log(2), 8);
    expect(found[1]! - found[2]!).toBeCloseTo(Math.log(2), 8);
  });

  it('does not exist where one has won everything', () => {
    expect(bradleyTerry(rows([0, 5, 5], [0, 0, 3], [0, 2, 0]))).toBeUndefined();
    expect(bradleyTerry(rows([0, 5, 0, 0], [3, 0, 0, 0], [0, 0, 0, 5], [0, 0, 4, 0]))).toBeUndefined();
  });
});

it('knows how likely a guesser passes', () => {
  expect(passByGuessing(6, 0.8)).toBeCloseTo(7 / 64, 12);
  expect(passByGuessing(5, 0.8)).toBeCloseTo(6 / 32, 12);
  expect(passByGuessing(3, 1)).toBeCloseTo(1 / 8, 12);
  expect(passByGuessing(0, 0.8)).toBe(1);
});

const methods = ['x', 'y', 'z'];
const comparisons = 60;
/** Each pair about each of 60 inputs, and four attention checks. */
const questions: KeyQuestion[] = [
  ...methods.flatMap((a, i) => methods.slice(i + 1).flatMap((b) => Array.from({ length: comparisons }, (_, k): KeyQuestion => {
    const id = `${a}${b}${k}`;
    // Half of them the other way round, as plans have them.
    return k % 2 === 0
      ? { kind: 'comparison', id, input: `in${k}`, methods: [a, b], images: [`${id}-${a}`, `${id}-${b}`] }
      : { kind: 'comparison', id, input: `in${k}`, methods: [b, a], images: [`${id}-${b}`, `${id}-${a}`] };
  }))),
  ...Array.from({ length: 6 }, (_, k): KeyQuestion => ({ kind: 'check', id: `check${k}`, input: 'in0', right: `check${k}-right` })),
];
const key: SurveyKey = { format: 'munit-survey-key', version: 1, id: 'study', title: 'A study', methods, seed: 1, workersPerQuestion: 8, questions };

interface Person {
  readonly prefers: (a: string, b: string) => number;
  readonly attention: number;
}

/** Answers of a person who prefers a to b with the probability `prefers(a, b)`. */
function answersOf(worker: string, { prefers, attention }: Person, rng: Rng): SurveyAnswers {
  const answers = questions.map((question, i): Answer => {
    const common = { question: question.id, side: i % 2 === 0 ? 'left' : 'right', ms: 1000 + i } as const;
    if (question.kind === 'check') return { ...common, chosen: rng.uniform() < attention ? question.right : `${question.id}-wrong` };
    const [a, b] = question.methods;
    return { ...common, chosen: question.images[rng.uniform() < prefers(a, b) ? 0 : 1] };
  });
  return { format: 'munit-survey-answers', version: 1, survey: 'study', worker, seat: 1, session: `s-${worker}`, startedAt: '2026-01-01T00:00:00.000Z', savedAt: '2026-01-01T01:00:00.000Z', total: questions.length, answers };
}

const strength: Readonly<Record<string, number>> = { x: 4, y: 2, z: 1 };
const attentive: Person = { prefers: (a, b) => strength[a]! / (strength[a]! + strength[b]!), attention: 1 };
const guesser: Person = { prefers: () => 0.5, attention: 0 };

function crowd(seed: number, people = 8): SurveyAnswers[] {
  const rng = new Rng(seed);
  return [...Array.from({ length: people }, (_, i) => answersOf(`w${i}`, attentive, rng)), answersOf('lazy', guesser, rng)];
}

describe('analyzeSurvey', () => {
  const results = analyzeSurvey(key, crowd(1));

  it('recovers the preferences of a crowd, and names who did not look', () => {
    expect(results.failed).toEqual(['lazy']);
    expect(results.failedLeftOut).toBe(true);
    expect(results.votes).toBe(8 * 180);
    expect(results.methods.map(({ method }) => method)).toEqual(['x', 'y', 'z']);
    const truth: Readonly<Record<string, number>> = { 'x,y': 2 / 3, 'x,z': 4 / 5, 'y,z': 2 / 3 };
    for (const { methods: pair, preferred } of results.pairs) {
      expect(preferred.votes).toBe(480);
      expect(Math.abs(preferred.value - truth[pair.join()]!)).toBeLessThan(0.07);
    }
    const [x, y, z] = results.strengths!;
    expect([x!.method, y!.method, z!.method]).toEqual(['x', 'y', 'z']);
    expect(Math.abs(x!.value - y!.value - Math.log(2))).toBeLessThan(0.3);
    expect(Math.abs(y!.value - z!.value - Math.log(2))).toBeLessThan(0.3);
    expect(x!.interval!.low).toBeGreaterThan(y!.interval!.low);
  });

  it('agrees with itself where all agree', () => {
    const sure: Person = { prefers: (a, b) => (strength[a]! > strength[b]! ? 1 : 0), attention: 1 };
    const rng = new Rng(1);
    const { agreement, pairs, strengths, warnings } = analyzeSurvey(key, [answersOf('p', sure, rng), answersOf('q', sure, rng)]);
    expect(agreement!.pairwise).toBe(1);
    expect(pairs[0]!.preferred.value).toBe(1);
    expect(pairs[0]!.preferred.interval.low).toBeCloseTo(120 / (120 + 1.959963984540054 ** 2), 12); // Wilson's, of n of n
    expect(strengths).toBeUndefined();
    expect(warnings).toContainEqual(expect.stringContaining('no Bradley–Terry scale'));
    expect(warnings).toContainEqual('180 of 180 questions have fewer counted answers than the 8 that were planned.');
  });

  it('counts those who failed only when it is asked to', () => {
    const all = analyzeSurvey(key, crowd(1), { keepFailed: true });
    expect([all.votes, all.failed, all.failedLeftOut]).toEqual([9 * 180, ['lazy'], false]);
    expect(analyzeSurvey(key, crowd(1), { passing: 0 }).failed).toEqual([]);
  });

  it('takes the fullest of several files of one session, and one of two people with one name', () => {
    const [first] = crowd(1);
    const early = { ...first!, answers: first!.answers.slice(0, 30), savedAt: '2026-01-01T00:30:00.000Z' };
    const other = { ...answersOf('w0', guesser, new Rng(5)), session: 'else', startedAt: '2026-02-01T00:00:00.000Z' };
    const { workers, warnings } = analyzeSurvey(key, [other, early, first!]);
    expect(workers.map(({ worker, session, answers, complete }) => [worker, session, answers, complete])).toEqual([['w0', 's-w0', 180, true]]);
    expect(warnings).toContain("More than one person answered as 'w0': only the first is counted.");
  });

  it('names whoever takes one side whatever is shown', () => {
    const [first] = crowd(1);
    const left = { ...first!, answers: first!.answers.map((answer): Answer => ({ ...answer, side: 'left' })) };
    expect(analyzeSurvey(key, [left]).warnings).toContain("'w0' took the left image in 100 % of all questions.");
  });

  it.each([
    ['of another survey', { survey: 'else' }, 'belong to another survey (else) than the key (study)'],
    ['with a question that is unknown', { answers: [{ question: 'no', chosen: 'x', side: 'left', ms: 1 }] }, 'a question or an image that the survey does not have (no, x)'],
    ['with an image of another question', { answers: [{ question: 'xy0', chosen: 'xy1-x', side: 'left', ms: 1 }] }, 'does not have (xy0, xy1-x)'],
    ['with a question answered twice', { answers: [1, 2].map(() => ({ question: 'xy0', chosen: 'xy0-x', side: 'left', ms: 1 })) }, 'answer question xy0 twice'],
  ])('refuses answers %s', (_, change, problem) => {
    const changed = { ...crowd(1)[0]!, ...change } as SurveyAnswers;
    expect(() => analyzeSurvey(key, [changed])).toThrow(DataError);
    expect(() => analyzeSurvey(key, [changed])).toThrow(problem);
  });

  it('refuses to analyse nothing', () => {
    expect(() => analyzeSurvey(key, [])).toThrow('There are no answers to count.');
    expect(() => analyzeSurvey(key, [{ ...crowd(1)[0]!, answers: [] }])).toThrow('There are no answers to count.');
  });

  it('reads well as text', () => {
    const text = formatResults(results);
    expect(text).toMatch(/^A study: 1440 votes of 8 workers\n/);
    expect(text).toMatch(/x over y +6\d\.\d % \(\d\d\.\d % to \d\d\.\d %; 480 votes\)/);
    expect(text).toContain('Failed the attention checks, and are not counted: lazy');
    expect(text).toMatch(/lazy +180 +0 of 6 FAILED/);
  });
});
