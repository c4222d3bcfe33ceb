import { DataError, Rng } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { planSurvey } from './plan.js';
import { surveyPresets } from './presets.js';
import { comparisonsOf, type MethodOutputs, methodPairs } from './questions.js';

/** A method with so many samples of each of so many inputs. */
const method = (name: string, inputs: number, samples = 1): MethodOutputs => ({
  name,
  outputs: new Map(Array.from({ length: inputs }, (_, i) => [`input${i}`, Array.from({ length: samples }, (_, k) => `${name}/input${i}_${k}`)])),
});

const size = { questions: 40, workersPerQuestion: 5, questionsPerWorker: 30, checksPerWorker: 4 };

describe('methodPairs', () => {
  it('are all pairs, or those with one method', () => {
    expect(methodPairs(['a', 'b', 'c'])).toEqual([['a', 'b'], ['a', 'c'], ['b', 'c']]);
    expect(methodPairs(['a', 'b', 'c'], 'b')).toEqual([['b', 'a'], ['b', 'c']]);
  });

  it.each([
    [['a'], undefined, 'at least two methods, but got 1'],
    [['a', 'b', 'a'], undefined, "Two methods are called 'a'"],
    [['a', 'b'], 'c', "no method 'c'"],
  ])('refuses %j against %s', (names, against, problem) => {
    expect(() => methodPairs(names, against)).toThrow(problem);
  });
});

describe('comparisonsOf', () => {
  it('uses every input once before any twice, and then other samples', () => {
    const found = comparisonsOf(method('a', 10, 3), method('b', 10, 3), 25, new Rng(1));
    const uses = new Map<string, number>();
    for (const { input } of found) uses.set(input, (uses.get(input) ?? 0) + 1);
    expect([...uses.values()].sort((a, b) => a - b).join('')).toBe('2222233333');
    expect(new Set(found.map(({ files }) => files.join()))).toHaveProperty('size', 25);
    const samplesOfA = found.map(({ files }) => files[0]);
    expect(new Set(samplesOfA).size).toBe(25);
  });

  it('finds every combination of samples once, and no more', () => {
    const found = comparisonsOf(method('a', 2, 2), method('b', 2, 4), 16, new Rng(3));
    expect(new Set(found.map(({ files }) => files.join())).size).toBe(16);
    expect(() => comparisonsOf(method('a', 2, 2), method('b', 2, 4), 17, new Rng(3))).toThrow(/make 16 different comparisons, but 17 are required.*ask 16 questions/);
  });

  it('needs a common input', () => {
    const other: MethodOutputs = { name: 'b', outputs: new Map([['else', ['else']]]) };
    expect(() => comparisonsOf(method('a', 2), other, 1, new Rng(1))).toThrow(DataError);
  });
});

describe('planSurvey', () => {
  const plan = planSurvey({ ...size, methods: [method('a', 40), method('b', 40), method('c', 40)], seed: 7 });
  const shown = plan.seats.map((seat) =>
    seat.map((entry) => {
      const question = plan.questions[entry >> 1]!;
      const left = question.kind === 'check' ? ((entry & 1) === question.right ? 'right' : 'wrong') : question.methods[entry & 1]!;
      const group = question.kind === 'check' ? 'check' : [...question.methods].sort().join('');
      return { index: entry >> 1, left, group };
    }),
  );

  it('asks each question the planned number of times, of different seats', () => {
    const times = new Map<number, number>();
    for (const seat of shown) {
      expect(new Set(seat.map(({ index }) => index)).size).toBe(seat.length);
      for (const { index } of seat) times.set(index, (times.get(index) ?? 0) + 1);
    }
    // 120 comparisons in 4 parts, each with 4 checks.
    expect(plan.questions.length).toBe(136);
    expect([...times.values()]).toEqual(Array.from({ length: 136 }, () => 5));
    expect(plan.seats.map((seat) => seat.length)).toEqual(Array.from({ length: 20 }, () => 34));
  });

  it('balances pairs and sides within each seat, and sides over the seats of each question', () => {
    for (const seat of shown) {
      for (const group of ['ab', 'ac', 'bc', 'check']) {
        const own = seat.filter((one) => one.group === group);
        expect(own.length).toBe(group === 'check' ? 4 : 10);
        const first = own.filter(({ left }) => left === (group === 'check' ? 'right' : group[0])).length;
        expect([group, first]).toEqual([group, own.length / 2]);
      }
    }
    const lefts = new Map<number, string[]>();
    for (const seat of shown) for (const { index, left } of seat) lefts.set(index, [...(lefts.get(index) ?? []), left]);
    for (const sides of lefts.values()) expect([2, 3]).toContain(sides.filter((side) => side === sides[0]).length);
  });

  it('tells nothing by the order of images, and gives each seat an order of its own', () => {
    const firsts = plan.questions.map((question) => (question.kind === 'check' ? question.right === 0 : question.methods[0] < question.methods[1]));
    const share = firsts.filter(Boolean).length / firsts.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.13); // 3 deviations of 136 coins
    expect(new Set(shown.map((seat) => seat.map(({ index }) => index).join())).size).toBe(plan.seats.length);
  });

  it('is drawn from the seed', () => {
    const again = (seed: number): string => JSON.stringify(planSurvey({ ...size, methods: [method('a', 40), method('b', 40), method('c', 40)], seed }));
    expect(again(7)).toBe(JSON.stringify(plan));
    expect(again(8)).not.toBe(JSON.stringify(plan));
  });

  it("has the paper's protocol: 500 questions, 5 workers each", () => {
    const { questions, seats } = planSurvey({ ...surveyPresets.paper, methods: [method('munit', 500), method('unit', 500)], seed: 1 });
    expect(questions.filter(({ kind }) => kind === 'comparison')).toHaveLength(500);
    const answers = seats.flat().filter((entry) => questions[entry >> 1]!.kind === 'comparison');
    expect(answers).toHaveLength(2500);
    expect(new Set(answers.map((entry) => entry >> 1)).size).toBe(500);
  });

  it.each([
    ['questions', 0],
    ['workersPerQuestion', 1.5],
    ['checksPerWorker', -1],
  ])('refuses %s = %s', (name, value) => {
    expect(() => planSurvey({ ...size, [name]: value, methods: [method('a', 40), method('b', 40)], seed: 1 })).toThrow(`'${name}' must be a whole number`);
  });
});
