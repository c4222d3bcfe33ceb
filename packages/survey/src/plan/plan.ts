/** A whole survey, before its images are written. */
import { checkOptions, Rng } from '@munit/core';
import { type Comparison, comparisonsOf, type MethodOutputs, methodPairs } from './questions.js';
import { checkSurveySize, sizeNames, type SurveySize } from './presets.js';
import { deal, seatsOf, type Seatable, shuffled } from './seats.js';

/** A question whose images are still files. */
export type PlannedQuestion =
  | ({ readonly kind: 'comparison' } & Comparison)
  /** An attention check: a translation as image `right`, beside the same one with its parts in disorder. */
  | { readonly kind: 'check'; readonly input: string; readonly method: string; readonly file: string; readonly right: 0 | 1 };

/** Questions, and who answers which. */
export interface SurveyPlan {
  /** In random order, attention checks among them. */
  readonly questions: readonly PlannedQuestion[];
  /** For each seat 2 · (index of a question) + side, as in `SurveyPage`. Seats of one part follow each other. */
  readonly seats: readonly (readonly number[])[];
}

/** What a survey is planned from. */
export interface PlanOptions extends SurveySize {
  /** At least two. */
  readonly methods: readonly MethodOutputs[];
  /** Compare all others with this one, rather than all with each other. */
  readonly against?: string | undefined;
  /** 0 to 2³² − 1: the same seed and files give the same survey. */
  readonly seed: number;
}

/** The same question with its two images exchanged. */
function exchanged(question: PlannedQuestion): PlannedQuestion {
  if (question.kind === 'check') return { ...question, right: question.right === 0 ? 1 : 0 };
  const { methods: [a, b], files: [x, y] } = question;
  return { ...question, methods: [b, a], files: [y, x] };
}

const groupOf = (question: PlannedQuestion): string => (question.kind === 'check' ? 'check' : question.methods.join('\n'));

/** The comparisons of one part in a random order, and its own attention checks, made of translations that it shows. */
function withChecks(part: readonly Comparison[], checks: number, rng: Rng): PlannedQuestion[] {
  const shown = shuffled(part, rng);
  const made = Array.from({ length: checks }, (_, i): PlannedQuestion => {
    const { input, methods, files } = shown[i % shown.length]!;
    const side = rng.integer(2) as 0 | 1;
    return { kind: 'check', input, method: methods[side], file: files[side], right: 0 };
  });
  return [...part.map((one): PlannedQuestion => ({ kind: 'comparison', ...one })), ...made];
}

/**
 * Draws the questions of a survey and deals them out: parts of at most `questionsPerWorker` comparisons in which all pairs of methods occur
 * equally often (within one), each for `workersPerQuestion` seats.
 * @throws ArgumentError for methods or sizes out of range; DataError when there are too few files
 */
export function planSurvey(options: PlanOptions): SurveyPlan {
  checkOptions('planSurvey', options, { ...sizeNames, methods: true, against: true, seed: true });
  const { methods, against, seed, ...sizes } = options;
  const { questions: count, workersPerQuestion, questionsPerWorker, checksPerWorker } = checkSurveySize(sizes);
  const rng = new Rng(seed);
  const byName = new Map(methods.map((method) => [method.name, method]));
  const pairs = methodPairs(methods.map(({ name }) => name), against);
  const comparisons = pairs.flatMap(([a, b]) => comparisonsOf(byName.get(a)!, byName.get(b)!, count, rng));
  const grouped = comparisons.map((one) => ({ ...one, group: one.methods.join('\n') }));
  const dealt = deal(grouped, Math.ceil(comparisons.length / questionsPerWorker), rng);
  const parts = dealt.map((part) => withChecks(part.map(({ group: _, ...one }) => one), checksPerWorker, rng));

  // Numbered in an order that tells nothing about parts, pairs or checks.
  const all = parts.flatMap((part, index) => part.map((question) => ({ question, index })));
  const order = shuffled(all, rng);
  const seats = parts.flatMap((_, index) => {
    const members = order.flatMap((one, i) => (one.index === index ? [i] : []));
    const items = members.map((i): Seatable => ({ group: groupOf(order[i]!.question) }));
    return seatsOf(items, members, workersPerQuestion, rng);
  });
  // Up to here the first image is always the first method's. Half of the questions are exchanged, so that the page's data tell nothing.
  const exchange = order.map(() => rng.integer(2));
  return {
    questions: order.map(({ question }, i) => (exchange[i] === 1 ? exchanged(question) : question)),
    seats: seats.map((seat) => seat.map((entry) => entry ^ exchange[entry >> 1]!)),
  };
}
