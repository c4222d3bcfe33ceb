/** What the discriminators and the generators want of the discriminators' scores. */
import { ArgumentError, mean, meanHinge, meanSoftplus, meanSquaredTo, scale, type Scalar, type Tensor, weightedSum } from '@munit/core';
import { scoped } from '../support/scope.js';

/** The published `gan_type`s, and hinge. */
export type GanType = 'lsgan' | 'nsgan' | 'hinge';
export const ganTypes = ['lsgan', 'nsgan', 'hinge'] as const satisfies readonly GanType[];

/**
 * The discriminator's loss, summed over scales and not averaged (`networks.py`, `calc_dis_loss`), f fakes' and r reals' scores:
 *
 * - `lsgan` (Mao et al. 2017): Σ mean f² + mean (r − 1)²
 * - `nsgan` (Goodfellow et al. 2014): Σ mean softplus(f) + mean softplus(−r), cross-entropy on logits, finite for all scores
 * - `hinge` (Lim & Ye 2017): Σ mean max(0, 1 + f) + mean max(0, 1 − r)
 *
 * @param fakes one map of scores per scale, any shape
 * @param reals the same for real images
 * @throws ArgumentError for another type, for no scales, or for different numbers of them
 */
export function discriminatorLoss(type: GanType, fakes: readonly Tensor[], reals: readonly Tensor[]): Scalar {
  checkScales('discriminatorLoss', fakes);
  if (fakes.length !== reals.length) {
    throw new ArgumentError(`discriminatorLoss: scores at ${fakes.length} scales for fakes came with ${reals.length} for reals.`, {
      remedy: 'Judge both by the same discriminator.',
    });
  }
  const { fake, real } = discriminatorTerms(type);
  return sumOf([...fakes.map((scores) => () => fake(scores)), ...reals.map((scores) => () => real(scores))]);
}

/**
 * The generator's adversarial loss, summed over scales (`networks.py`, `calc_gen_loss`), f the scores of what it made:
 *
 * - `lsgan`: Σ mean (f − 1)²
 * - `nsgan`: Σ mean softplus(−f)
 * - `hinge`: −Σ mean f
 *
 * @param fakes one map of scores per scale, any shape
 * @throws ArgumentError for another type or no scales
 */
export function generatorLoss(type: GanType, fakes: readonly Tensor[]): Scalar {
  checkScales('generatorLoss', fakes);
  const term = generatorTerm(type);
  return sumOf(fakes.map((scores) => () => term(scores)));
}

type Term = (scores: Tensor) => Scalar;

function discriminatorTerms(type: GanType): { readonly fake: Term; readonly real: Term } {
  switch (type) {
    case 'lsgan':
      return { fake: (scores) => meanSquaredTo(scores, 0), real: (scores) => meanSquaredTo(scores, 1) };
    case 'nsgan':
      return { fake: (scores) => meanSoftplus(scores, 1), real: (scores) => meanSoftplus(scores, -1) };
    case 'hinge':
      return { fake: (scores) => meanHinge(scores, 1), real: (scores) => meanHinge(scores, -1) };
    default:
      throw unknownType(type);
  }
}

function generatorTerm(type: GanType): Term {
  switch (type) {
    case 'lsgan':
      return (scores) => meanSquaredTo(scores, 1);
    case 'nsgan':
      return (scores) => meanSoftplus(scores, -1);
    case 'hinge':
      return (scores) => scale(mean(scores), -1);
    default:
      throw unknownType(type);
  }
}

const sumOf = (terms: readonly (() => Scalar)[]): Scalar => scoped(() => weightedSum(terms.map((term) => term()), terms.map(() => 1)));

const unknownType = (type: never): ArgumentError =>
  new ArgumentError(`'gan_type' must be one of ${ganTypes.join(', ')}, but it is '${String(type)}'.`, { remedy: 'Choose one of these names.' });

function checkScales(where: string, scores: readonly Tensor[]): void {
  if (scores.length === 0) throw new ArgumentError(`${where}: scores of at least one scale are needed, but none came.`);
}
