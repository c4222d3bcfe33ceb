/** Who answered, and who looked while answering. */
import type { KeyQuestion, SurveyAnswers } from '../types.js';

/** One worker's part. */
export interface WorkerReport {
  /** The worker's name. */
  readonly worker: string;
  /** The completion code. */
  readonly session: string;
  /** From 1. */
  readonly seat: number;
  /** Comparisons answered. */
  readonly answers: number;
  /** Whether all questions of the seat are answered. */
  readonly complete: boolean;
  /** Attention checks: how many were answered, how many of them right. */
  readonly checks: { readonly right: number; readonly answered: number };
  /** Whether the checks were passed; undefined without any. */
  readonly passed: boolean | undefined;
  /** The share of answers that took the left image; sides are balanced, so it should be near 0.5. */
  readonly leftShare: number;
  /** The median time of an answer. */
  readonly medianSeconds: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The share of attention checks that a worker has to get right, unless another is given. */
export const defaultPassing = 0.8;

/** The probability that somebody who guesses passes: P(right ≥ passing · n) for n fair coins. */
export function passByGuessing(checks: number, passing: number): number {
  const needed = Math.ceil(passing * checks - 1e-9);
  let [probability, term] = [0, 0.5 ** checks];
  for (let right = 0; right <= checks; right++) {
    if (right >= needed) probability += term;
    term *= (checks - right) / (right + 1);
  }
  return probability;
}

/** Reports on one worker's answers. */
export function reportWorker(given: SurveyAnswers, questions: ReadonlyMap<string, KeyQuestion>, passing: number): WorkerReport {
  const { worker, session, seat, answers, total } = given;
  let [right, answered] = [0, 0];
  for (const { question: id, chosen } of answers) {
    const question = questions.get(id);
    if (question?.kind !== 'check') continue;
    answered++;
    if (chosen === question.right) right++;
  }
  return {
    worker, session, seat,
    answers: answers.length - answered,
    complete: answers.length === total,
    checks: { right, answered },
    passed: answered === 0 ? undefined : right >= passing * answered - 1e-9,
    leftShare: answers.filter(({ side }) => side === 'left').length / answers.length,
    medianSeconds: median(answers.map(({ ms }) => ms)) / 1000,
  };
}
