/** What MUNIT's and UNIT's losses have in common. */
import { discriminatorLoss, type GanType, generatorLoss } from '../terms/adversarial.js';
import { perceptualLoss } from '../terms/perceptual.js';
import { reconstructionLoss } from '../terms/reconstruction.js';
import { checkWeights, lossOf, needed, type WeightedTerm } from './sum.js';
import type { DiscriminatorOutputs, DiscriminatorWeights, Loss, LossOptions, PerceptualOutputs, Scores } from './types.js';
import type { PerDomain, Tensor } from '@munit/core';

export type DiscriminatorTermName = 'loss_dis_a' | 'loss_dis_b';

export function discriminatorTermsOf({ fakes, reals }: DiscriminatorOutputs, { gan, weights }: LossOptions<DiscriminatorWeights>): Loss<DiscriminatorTermName> {
  checkWeights(weights, ['gan_w']);
  return lossOf([
    { name: 'loss_dis_a', weight: weights.gan_w, term: discriminatorLoss(gan, fakes.a, reals.a) },
    { name: 'loss_dis_b', weight: weights.gan_w, term: discriminatorLoss(gan, fakes.b, reals.b) },
  ]);
}

export function adversarial(gan: GanType, weight: number, scores: PerDomain<Scores>): WeightedTerm<'loss_gen_adv_a' | 'loss_gen_adv_b'>[] {
  return [
    { name: 'loss_gen_adv_a', weight, term: generatorLoss(gan, scores.a) },
    { name: 'loss_gen_adv_b', weight, term: generatorLoss(gan, scores.b) },
  ];
}

/** Both domains' L1 under two names. */
export function reconstruction<A extends string, B extends string>(
  names: PerDomain<string> & { readonly a: A; readonly b: B },
  weight: number,
  recovered: PerDomain<Tensor>,
  original: PerDomain<Tensor>,
): WeightedTerm<A | B>[] {
  return [
    { name: names.a, weight, term: reconstructionLoss(recovered.a, original.a) },
    { name: names.b, weight, term: reconstructionLoss(recovered.b, original.b) },
  ];
}

/** Nothing at weight 0: the published trainer leaves VGG out then. */
export function perceptual(weight: number, features: PerceptualOutputs | undefined): WeightedTerm<'loss_gen_vgg_a' | 'loss_gen_vgg_b'>[] {
  if (weight === 0) return [];
  const { translations, sources } = needed(features, 'VGG features', 'vgg_w', weight);
  return [
    { name: 'loss_gen_vgg_a', weight, term: perceptualLoss(translations.a, sources.a) },
    { name: 'loss_gen_vgg_b', weight, term: perceptualLoss(translations.b, sources.b) },
  ];
}
