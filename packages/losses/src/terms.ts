/** The terms by themselves: functions of scores, images, codes and features. */
import {
  ArgumentError,
  gaussianKl,
  mean,
  meanAbsoluteDifference,
  meanHinge,
  meanSoftplus,
  meanSquaredDifference,
  meanSquaredTo,
  normalize,
  scale,
  type Scalar,
  scoped,
  type Tensor,
  type Tensor4D,
  weightedSum,
} from '@munit/core';

/** How scores are judged: the published `gan_type`s, and hinge. */
export type GanType = 'lsgan' | 'nsgan' | 'hinge';
/** All values of `GanType`. */
export const ganTypes = ['lsgan', 'nsgan', 'hinge'] as const satisfies readonly GanType[];

/**
 * A discriminator's adversarial term, summed over scales and not averaged (`networks.py`, `calc_dis_loss`), f fakes' and r reals' scores:
 *
 * - `lsgan` (Mao et al. 2017): Σ mean f² + mean (r − 1)²
 * - `nsgan` (Goodfellow et al. 2014): Σ mean softplus(f) + mean softplus(−r), cross-entropy on logits, finite for all scores
 * - `hinge` (Lim & Ye 2017): Σ mean max(0, 1 + f) + mean max(0, 1 − r)
 *
 * @param fakes one map of scores per scale, any shape
 * @param reals the same for real images
 * @throws ArgumentError for another type, for no scales, or for different numbers of them
 */
export function adversarialDiscriminatorTerm(type: GanType, fakes: readonly Tensor[], reals: readonly Tensor[]): Scalar {
  checkScales('adversarialDiscriminatorTerm', fakes);
  if (fakes.length !== reals.length) {
    throw new ArgumentError(`adversarialDiscriminatorTerm: got ${fakes.length} scales for fakes but ${reals.length} for reals.`, {
      remedy: 'Apply the same discriminator to both.',
    });
  }
  const { fake, real } = discriminatorTargets(type);
  return sumOf([...fakes.map((scores) => () => fake(scores)), ...reals.map((scores) => () => real(scores))]);
}

/**
 * A generator's adversarial term, summed over scales (`networks.py`, `calc_gen_loss`), f the scores of what it made:
 *
 * - `lsgan`: Σ mean (f − 1)²
 * - `nsgan`: Σ mean softplus(−f)
 * - `hinge`: −Σ mean f
 *
 * @param fakes one map of scores per scale, any shape
 * @throws ArgumentError for another type or no scales
 */
export function adversarialGeneratorTerm(type: GanType, fakes: readonly Tensor[]): Scalar {
  checkScales('adversarialGeneratorTerm', fakes);
  const target = generatorTarget(type);
  return sumOf(fakes.map((scores) => () => target(scores)));
}

/**
 * mean |recovered − original|: image, content, style and cycle reconstruction (`trainer.py`, `recon_criterion`).
 * Both sides are differentiated: the published content and style terms do not hold their targets fixed.
 * @throws ShapeError when the shapes differ
 */
export const reconstructionTerm = (recovered: Tensor, original: Tensor): Scalar => meanAbsoluteDifference(recovered, original);

/**
 * mean μ²: UNIT's divergence of N(μ, 1) from N(0, 1), but for the factor ½ and constants (`trainer.py`, `__compute_kl`).
 * @param means the hidden code's mean, any shape
 */
export const klTerm = (means: Tensor): Scalar => meanSquaredTo(means, 0);

/**
 * ½ Σ μ² + σ² − 1 − log σ²: the divergence of N(μ, σ²) from N(0, I), summed over dimensions and samples (`bicycle_gan_model.py`, `backward_EG`).
 * @param mean μ, any shape
 * @param logVariance log σ², of the same shape
 * @throws ShapeError when the shapes differ
 */
export const gaussianKlTerm = (mean: Tensor, logVariance: Tensor): Scalar => gaussianKl(mean, logVariance);

/**
 * The domain-invariant perceptual term: mean (IN(a) − IN(b))², IN the instance norm without affine, which takes away what
 * differs between domains rather than scenes (paper, section 5.1; `trainer.py`, `compute_vgg_loss`).
 * @param a features of the translation, [N, h, w, C]
 * @param b features of its source, of the same shape
 * @throws ShapeError when the shapes differ
 */
export function perceptualTerm(a: Tensor4D, b: Tensor4D): Scalar {
  return scoped(() => meanSquaredDifference(normalize(a, { over: 'instance' }), normalize(b, { over: 'instance' })));
}

type OfScores = (scores: Tensor) => Scalar;

function discriminatorTargets(type: GanType): { readonly fake: OfScores; readonly real: OfScores } {
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

function generatorTarget(type: GanType): OfScores {
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
  if (scores.length === 0) throw new ArgumentError(`${where}: expected the scores of at least one scale, got none.`);
}
