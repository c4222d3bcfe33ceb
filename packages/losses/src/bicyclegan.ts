/** BicycleGAN's losses, summed as the published trainer sums them (`bicycle_gan_model.py`). */
import type { Tensor2D, Tensor4D } from '@munit/core';
import type { LossOptions, Scores } from './domainTerms.js';
import { checkWeights, type Loss, type LossTerm, required, type TermNames, weightedLoss } from './loss.js';
import { adversarialDiscriminatorTerm, adversarialGeneratorTerm, gaussianKlTerm, type GanType, reconstructionTerm } from './terms.js';

/** BicycleGAN's loss weights by their published names. */
export interface BicycleGanWeights {
  /** Of the adversarial term of translations in the encoded style (discriminator D); 1 in the published code. */
  readonly lambda_GAN: number;
  /** Of that of translations in a random style (discriminator D2); 1 in the published code. */
  readonly lambda_GAN2: number;
  /** Of ‖G(A, E(B)) − B‖; 10 in the published code. */
  readonly lambda_L1: number;
  /** Of the encoded styles' divergence from N(0, I); 0.01 in the published code. */
  readonly lambda_kl: number;
  /** Of ‖E(G(A, z)) − z‖, which the generator alone follows; 0.5 in the published code. */
  readonly lambda_z: number;
}

/** What BicycleGAN's networks make of a batch, but for the style found again. */
export interface BicycleGanOutputs {
  /** G(A, E(B)) */
  readonly encoded: Tensor4D;
  /** B */
  readonly target: Tensor4D;
  /** The mean that E gives for B, [N, nz]. */
  readonly mean: Tensor2D;
  /** The logarithm of the variance that E gives for B, [N, nz]. */
  readonly logVariance: Tensor2D;
  /** D on translations in the encoded style; required where `lambda_GAN` is above 0. */
  readonly scores?: Scores | undefined;
  /** D2 (or D) on translations in a random style; required where `lambda_GAN2` is above 0. */
  readonly randomScores?: Scores | undefined;
}

/** The scores of a discriminator on translations and on real images. */
export interface JudgedPair {
  /** Of translations. */
  readonly fakes: Scores;
  /** Of real images. */
  readonly reals: Scores;
}

/** The names that BicycleGAN's published trainer gives its terms, which it reports with their weights; totals have munit's. */
export const bicycleGanTermNames: TermNames = {
  loss_G_GAN: { side: 'generator', kind: 'adversarial', domain: 'b', weighted: true },
  loss_G_GAN2: { side: 'generator', kind: 'adversarialRandom', domain: 'b', weighted: true },
  loss_G_L1: { side: 'generator', kind: 'paired', domain: 'b', weighted: true },
  loss_kl: { side: 'generator', kind: 'kl', domain: 'b', weighted: true },
  loss_z_L1: { side: 'generator', kind: 'style', domain: 'b', weighted: true },
  loss_G_total: { side: 'generator', kind: 'total', domain: undefined },
  loss_D: { side: 'discriminator', kind: 'adversarial', domain: 'b' },
  loss_D2: { side: 'discriminator', kind: 'adversarialRandom', domain: 'b' },
  loss_D_total: { side: 'discriminator', kind: 'total', domain: undefined },
};

const allWeights = ['lambda_GAN', 'lambda_GAN2', 'lambda_L1', 'lambda_kl', 'lambda_z'] as const;
const term = (side: 'generator' | 'discriminator', kind: LossTerm['kind'], weight: number, value: LossTerm['value']): LossTerm => ({ side, kind, domain: 'b', weight, value });

/**
 * lambda_GAN adv(D) + lambda_GAN2 adv(D2) + lambda_L1 ‖G(A, E(B)) − B‖ + lambda_kl KL: what generator and encoder follow together; terms of
 * weight 0 are left out. `styleTerm` is what the generator follows besides.
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or scores that a weight requires and that are absent
 */
export function bicycleGanLoss(outputs: BicycleGanOutputs, { gan, weights }: LossOptions<BicycleGanWeights>): Loss {
  checkWeights(weights, allWeights);
  const { lambda_GAN, lambda_GAN2, lambda_L1, lambda_kl } = weights;
  const adversarial = (kind: 'adversarial' | 'adversarialRandom', name: keyof BicycleGanWeights, scores: Scores | undefined): LossTerm[] =>
    weights[name] === 0 ? [] : [term('generator', kind, weights[name], adversarialGeneratorTerm(gan, required(scores, 'scores', name, weights[name])))];
  return weightedLoss('generator', [
    ...adversarial('adversarial', 'lambda_GAN', lambda_GAN === 0 ? undefined : outputs.scores),
    ...adversarial('adversarialRandom', 'lambda_GAN2', lambda_GAN2 === 0 ? undefined : outputs.randomScores),
    ...(lambda_L1 === 0 ? [] : [term('generator', 'paired', lambda_L1, reconstructionTerm(outputs.encoded, outputs.target))]),
    ...(lambda_kl === 0 ? [] : [term('generator', 'kl', lambda_kl, gaussianKlTerm(outputs.mean, outputs.logVariance))]),
  ]);
}

/** lambda_z ‖E(G(A, z)) − z‖: the style that was drawn, found again in the translation. `found`: the mean that E gives. */
export const bicycleGanStyleTerm = (found: Tensor2D, drawn: Tensor2D, { lambda_z }: Pick<BicycleGanWeights, 'lambda_z'>): LossTerm =>
  term('generator', 'style', lambda_z, reconstructionTerm(found, drawn));

/**
 * D's adversarial term on translations in the encoded style, and D2's on those in random styles. Weights of 0 leave theirs out; others do
 * not matter to the discriminators, whose Adam takes no notice of a factor that the published trainer leaves out too.
 * @throws ArgumentError for a `gan_type` out of range, or without any term
 */
export function bicycleGanDiscriminatorLoss({ encoded, random }: { readonly encoded: JudgedPair | undefined; readonly random: JudgedPair | undefined }, { gan }: { readonly gan: GanType }): Loss {
  const judged = (kind: 'adversarial' | 'adversarialRandom', pair: JudgedPair | undefined): LossTerm[] =>
    pair === undefined ? [] : [term('discriminator', kind, 1, adversarialDiscriminatorTerm(gan, pair.fakes, pair.reals))];
  return weightedLoss('discriminator', [...judged('adversarial', encoded), ...judged('adversarialRandom', random)]);
}
