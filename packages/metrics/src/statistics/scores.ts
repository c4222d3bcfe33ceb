/** Inception score (IS) and conditional inception score (CIS), from one set of predictions. */
import { ArgumentError, NonFiniteError, ShapeError } from '@munit/core';
import { bootstrapInterval, type BootstrapOptions, type Interval } from './bootstrap.js';

/** Class probabilities of translations: [inputs, styles, classes], row-major; each distribution sums to 1. */
export interface Predictions {
  /** Number of input images. */
  readonly inputs: number;
  /** Translations of each. */
  readonly styles: number;
  /** Classes, or modes, of the classifier. */
  readonly classes: number;
  /** The probabilities. */
  readonly data: Float32Array | Float64Array;
}

/** A score as the paper's table 2 gives it, and as most code prints it. */
export interface Score {
  /** Mean Kullback–Leibler divergence in nats, from 0 to ln(classes). */
  readonly nats: number;
  /** exp(nats): from 1 to the number of classes. */
  readonly exponentiated: number;
  /** Of `nats`, over inputs; absent for a single input. */
  readonly interval?: Interval | undefined;
}

/** What `inceptionScores` finds. */
export interface InceptionScores {
  /** E KL(p(y | x₁→₂) ‖ p(y)): all inputs and styles share one marginal. Quality and diversity of the whole set. */
  readonly is: Score;
  /** E KL(p(y | x₁→₂) ‖ p(y | x₁)): a marginal per input. How many modes one input reaches. */
  readonly cis: Score;
}

/** The distributions of one input's translations in short: their mean, and the mean of their entropies. */
interface InputSummary {
  readonly marginal: Float64Array;
  readonly entropy: number;
}

/**
 * IS and CIS (paper, section 5.3 and table 2), natural logarithms. From one set of predictions
 * IS − CIS = I(y; x₁) ≥ 0, so IS ≥ CIS ≥ 0, and a deterministic model has CIS = 0.
 *
 * The divergences are differences of entropies, E KL(p ‖ p̄) = H(p̄) − E H(p), so that neither zeros nor order matter.
 * @throws ShapeError when the sizes do not fit
 * @throws NonFiniteError for a probability that is not finite
 * @throws ArgumentError when a distribution does not sum to 1, or has a negative entry
 */
export function inceptionScores(predictions: Predictions, options: BootstrapOptions = {}): InceptionScores {
  checkPredictions(predictions);
  const summaries = summarize(predictions);
  const count = summaries.length;
  const once = new Uint32Array(count).fill(1);
  const score = (divergence: (multiplicities: Uint32Array) => number): Score => {
    const nats = divergence(once);
    return { nats, exponentiated: Math.exp(nats), interval: count < 2 ? undefined : bootstrapInterval(count, divergence, options) };
  };
  const conditional = summaries.map(({ marginal, entropy }) => Math.max(0, entropyOf(marginal) - entropy));
  return {
    is: score((multiplicities) => divergenceFromAll(summaries, multiplicities)),
    cis: score((multiplicities) => multiplicities.reduce((sum, times, i) => sum + times * (conditional[i] as number), 0) / count),
  };
}

function divergenceFromAll(summaries: readonly InputSummary[], multiplicities: Uint32Array): number {
  const marginal = new Float64Array((summaries[0] as InputSummary).marginal.length);
  let entropy = 0;
  summaries.forEach((summary, i) => {
    const share = (multiplicities[i] as number) / summaries.length;
    entropy += share * summary.entropy;
    summary.marginal.forEach((p, k) => (marginal[k]! += share * p));
  });
  return Math.max(0, entropyOf(marginal) - entropy);
}

function summarize({ inputs, styles, classes, data }: Predictions): InputSummary[] {
  return Array.from({ length: inputs }, (_, input) => {
    const marginal = new Float64Array(classes);
    let entropy = 0;
    for (let style = 0; style < styles; style++) {
      const at = (input * styles + style) * classes;
      const distribution = Float64Array.from(data.subarray(at, at + classes));
      // Float32 probabilities sum to 1 only nearly; the rest would be counted as divergence.
      const sum = distribution.reduce((total, p) => total + p, 0);
      const normalized = distribution.map((p) => p / sum);
      normalized.forEach((p, k) => (marginal[k]! += p / styles));
      entropy += entropyOf(normalized) / styles;
    }
    return { marginal, entropy };
  });
}

/** −Σ p ln p, with 0 ln 0 = 0. */
const entropyOf = (distribution: Float64Array): number => -distribution.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);

function checkPredictions({ inputs, styles, classes, data }: Predictions): void {
  if (data.length !== inputs * styles * classes || data.length === 0) {
    throw new ShapeError(`Predictions of ${inputs} inputs × ${styles} styles × ${classes} classes have ${inputs * styles * classes} numbers, at least 1, but ${data.length} came.`);
  }
  if (classes < 2) throw new ArgumentError('Inception scores need at least 2 classes, but there is 1: every score would be 0.', { remedy: 'Use a classifier of the modes that the translations may have.' });
  for (let at = 0; at < data.length; at += classes) {
    const distribution = Float64Array.from(data.subarray(at, at + classes));
    const sum = distribution.reduce((total, p) => total + p, 0);
    const where = `The prediction for input ${Math.floor(at / classes / styles)}, style ${(at / classes) % styles}`;
    if (!Number.isFinite(sum)) throw new NonFiniteError(`${where} is not finite.`, { remedy: 'The image has values that are not finite, or the classifier has.' });
    if (Math.abs(sum - 1) > 1e-3 || distribution.some((p) => p < 0)) {
      throw new ArgumentError(`${where} is not a distribution: its entries must be at least 0 and sum to 1, but they sum to ${sum}.`, { remedy: 'Give probabilities (softmax), not logits.' });
    }
  }
}
