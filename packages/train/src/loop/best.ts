/** Which checkpoint is the best. */
import type { LossTerm, TermKind } from '@munit/losses';

/** The terms that say how well images and codes come back; the adversarial terms and the priors on codes say nothing of it. */
const reconstructions: ReadonlySet<TermKind | 'total'> = new Set<TermKind>(['image', 'content', 'style', 'cycle', 'identity', 'paired']);

/** By what a checkpoint is compared with others; scores by different rules do not compare. */
export type ScoreRule = 'metric' | 'losses';

/** How good a state is. */
export interface Score {
  /** By what. */
  readonly rule: ScoreRule;
  /** The higher the better. */
  readonly value: number;
}

/** The part of a step's losses that reconstructs, Σ weight · value as it is trained. */
export function reconstructionLoss(terms: readonly LossTerm<number>[]): number {
  return terms.reduce((sum, { side, kind, weight, value }) => (side === 'generator' && reconstructions.has(kind) ? sum + weight * value : sum), 0);
}

/**
 * Decides which checkpoint is the best: by the latest evaluation where there are evaluations; otherwise by the weighted reconstruction
 * losses, averaged over the logged steps since the last checkpoint.
 */
export class BestWatch {
  readonly #rule: ScoreRule;
  #best: number;
  #metric: number | undefined;
  #sum = 0;
  #count = 0;

  /** @param best the best checkpoint so far, of a run that is resumed; one of another rule does not count */
  constructor(rule: ScoreRule, best?: Score) {
    this.#rule = rule;
    this.#best = best?.rule === rule ? best.value : -Infinity;
  }

  /** An evaluation of the state as it is. */
  metric(score: number): void {
    this.#metric = score;
  }

  /** The losses of a logged step. */
  losses(terms: readonly LossTerm<number>[]): void {
    this.#sum += reconstructionLoss(terms);
    this.#count++;
  }

  /** Forgets what belongs to a state that has been given up. */
  forget(): void {
    this.#metric = undefined;
    [this.#sum, this.#count] = [0, 0];
  }

  /** Whether the state that is being saved is the best so far, and its score; undefined where nothing is known of it. */
  take(): { readonly best: boolean; readonly score: Score | undefined } {
    const value = this.#rule === 'metric' ? this.#metric : this.#count === 0 ? undefined : -this.#sum / this.#count;
    [this.#sum, this.#count] = [0, 0];
    if (value === undefined) return { best: false, score: undefined };
    const best = value > this.#best;
    if (best) this.#best = value;
    return { best, score: { rule: this.#rule, value } };
  }
}
