/** Terms for both domains, as the methods' losses have them in common, and the discriminators' loss. */
import { type Domain, domains, type PerDomain, type Tensor, type Tensor4D } from '@munit/core';
import { checkWeights, type Loss, type LossTerm, required, type Side, type TermId, type TermKind, type TermNames, weightedLoss } from './loss.js';
import { adversarialDiscriminatorTerm, adversarialGeneratorTerm, type GanType, perceptualTerm, reconstructionTerm } from './terms.js';

/** Per scale, the discriminator's scores. */
export type Scores = readonly Tensor[];

/** The discriminators' scores of translations and of real images: `a` by the discriminator of a. */
export interface DiscriminatorOutputs {
  /** a: of x_ba, b: of x_ab. */
  readonly fakes: PerDomain<Scores>;
  /** a: of x_a, b: of x_b. */
  readonly reals: PerDomain<Scores>;
}

/** VGG features of translations and of the images that they came from. */
export interface PerceptualOutputs {
  /** a: of x_ba, b: of x_ab. */
  readonly translations: PerDomain<Tensor4D>;
  /** a: of x_b (the source of x_ba), b: of x_a. */
  readonly sources: PerDomain<Tensor4D>;
}

/** The weight of the adversarial terms, by its published name. */
export interface DiscriminatorWeights {
  /** Of the adversarial terms of both domains; at least 0, 1 in the published configurations. */
  readonly gan_w: number;
}

/** How the terms become a loss. */
export interface LossOptions<Weights> {
  /** The adversarial loss, `lsgan`, `nsgan` or `hinge`: `gan_type` in configurations. */
  readonly gan: GanType;
  /** The factor of each term in the sum; at least 0, and not all 0. */
  readonly weights: Weights;
}

/**
 * gan_w (D_a + D_b), D the adversarial term of a discriminator on fakes and reals. The same for MUNIT and UNIT.
 * @param added further terms, such as R1
 * @throws ArgumentError for a weight or `gan_type` out of range, or all weights 0
 */
export function discriminatorLoss({ fakes, reals }: DiscriminatorOutputs, { gan, weights }: LossOptions<DiscriminatorWeights>, added: readonly LossTerm[] = []): Loss {
  checkWeights(weights, ['gan_w']);
  const term = (domain: Domain): LossTerm => ({
    side: 'discriminator',
    kind: 'adversarial',
    domain,
    weight: weights.gan_w,
    value: adversarialDiscriminatorTerm(gan, fakes[domain], reals[domain]),
  });
  return weightedLoss('discriminator', [...domains.map(term), ...added]);
}

/** One term of the generators' loss for each domain. */
export function generatorTerms(kind: TermKind, weight: number, value: (domain: Domain) => LossTerm['value']): LossTerm[] {
  return domains.map((domain) => ({ side: 'generator', kind, domain, weight, value: value(domain) }));
}

/** Both domains' adversarial terms of the generators. */
export const adversarialTerms = (gan: GanType, weight: number, scores: PerDomain<Scores>): LossTerm[] =>
  generatorTerms('adversarial', weight, (domain) => adversarialGeneratorTerm(gan, scores[domain]));

/** Both domains' L1. */
export const reconstructionTerms = (kind: TermKind, weight: number, recovered: PerDomain<Tensor>, original: PerDomain<Tensor>): LossTerm[] =>
  generatorTerms(kind, weight, (domain) => reconstructionTerm(recovered[domain], original[domain]));

/** Nothing at weight 0: the published trainer leaves VGG out then. */
export function perceptualTerms(weight: number, features: PerceptualOutputs | undefined): LossTerm[] {
  if (weight === 0) return [];
  const { translations, sources } = required(features, 'VGG features', 'vgg_w', weight);
  return generatorTerms('perceptual', weight, (domain) => perceptualTerm(translations[domain], sources[domain]));
}

/** The published names of one term in both domains: `loss_gen_adv` gives `loss_gen_adv_a` and `loss_gen_adv_b`, or those with other endings. */
export function namesPerDomain(prefix: string, side: Side, kind: TermKind, endings: PerDomain<string> = { a: 'a', b: 'b' }): TermNames {
  return Object.fromEntries(domains.map((domain): [string, TermId] => [`${prefix}_${endings[domain]}`, { side, kind, domain }]));
}

/** The names that MUNIT's and UNIT's published trainers share. */
export const sharedTermNames: TermNames = {
  ...namesPerDomain('loss_dis', 'discriminator', 'adversarial'),
  ...namesPerDomain('loss_dis_r1', 'discriminator', 'gradientPenalty'),
  ...namesPerDomain('loss_dis_consistency', 'discriminator', 'consistency'),
  loss_dis_total: { side: 'discriminator', kind: 'total', domain: undefined },
  ...namesPerDomain('loss_gen_adv', 'generator', 'adversarial'),
  ...namesPerDomain('loss_gen_recon_x', 'generator', 'image'),
  ...namesPerDomain('loss_gen_vgg', 'generator', 'perceptual'),
  loss_gen_total: { side: 'generator', kind: 'total', domain: undefined },
};
