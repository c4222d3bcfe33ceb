/** UNIT's generator loss, summed as the published trainer sums it (`trainer.py`, `UNIT_Trainer`). */
import type { PerDomain, Tensor4D } from '@munit/core';
import {
  adversarialTerms,
  type DiscriminatorWeights,
  generatorTerms,
  type LossOptions,
  namesPerDomain,
  type PerceptualOutputs,
  perceptualTerms,
  reconstructionTerms,
  type Scores,
  sharedTermNames,
} from './domainTerms.js';
import { checkWeights, type Loss, required, type TermNames, weightedLoss } from './loss.js';
import { klTerm } from './terms.js';

/** UNIT's loss weights by their published names. */
export interface UnitWeights extends DiscriminatorWeights {
  /** Of the image reconstruction ‖x̂ − x‖₁; 10 in the published configurations. */
  readonly recon_x_w: number;
  /** Of the KL term on the images' codes, the mean of h²; 0.01 in the published configurations. */
  readonly recon_kl_w: number;
  /** Of the cycle reconstruction ‖x_aba − x_a‖₁; the cycle is not needed at 0. */
  readonly recon_x_cyc_w: number;
  /** Of the KL term on the translations' codes, the mean of ĥ²; 0.01 in the published configurations. */
  readonly recon_kl_cyc_w: number;
  /** Of the domain-invariant perceptual term, between the VGG features of a translation and its source; VGG is not needed at 0. */
  readonly vgg_w: number;
}

/** What UNIT's generators and discriminators make of a batch: all that the generators' loss needs. */
export interface UnitGeneratorOutputs {
  /** x_a, x_b */
  readonly images: PerDomain<Tensor4D>;
  /** Each image decoded from its own code with noise. */
  readonly reconstructions: PerDomain<Tensor4D>;
  /** h_a, h_b: the codes' means, of the images. */
  readonly codes: PerDomain<Tensor4D>;
  /** a: of x_ab, which carries a's code; b: of x_ba. */
  readonly recoveredCodes: PerDomain<Tensor4D>;
  /** a: the discriminator of a on x_ba; b: that of b on x_ab. */
  readonly scores: PerDomain<Scores>;
  /** x_aba, x_bab: required where `recon_x_cyc_w` is above 0. */
  readonly cycles?: PerDomain<Tensor4D> | undefined;
  /** Required where `vgg_w` is above 0. */
  readonly features?: PerceptualOutputs | undefined;
}

/** The names that UNIT's published trainer gives its terms. */
export const unitTermNames: TermNames = {
  ...sharedTermNames,
  ...namesPerDomain('loss_gen_recon_kl', 'generator', 'kl'),
  ...namesPerDomain('loss_gen_cyc_x', 'generator', 'cycle'),
  ...namesPerDomain('loss_gen_recon_kl_cyc', 'generator', 'cycleKl', { a: 'aba', b: 'bab' }),
};

/**
 * Over both domains: gan_w adv + recon_x_w ‖x̂ − x‖ + recon_kl_w kl(h) + recon_x_cyc_w ‖x_aba − x_a‖ + recon_kl_cyc_w kl(ĥ) + vgg_w vgg,
 * ‖·‖ the mean of magnitudes, kl(h) the mean of squares. The cycle's image term and VGG's are left out at weight 0
 * (the published trainer fails on the former).
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or outputs that a weight requires and that are absent
 */
export function unitGeneratorLoss(outputs: UnitGeneratorOutputs, { gan, weights }: LossOptions<UnitWeights>): Loss {
  checkWeights(weights, ['gan_w', 'recon_x_w', 'recon_kl_w', 'recon_x_cyc_w', 'recon_kl_cyc_w', 'vgg_w']);
  const { gan_w, recon_x_w, recon_kl_w, recon_x_cyc_w, recon_kl_cyc_w, vgg_w } = weights;
  const cycles = (): PerDomain<Tensor4D> => required(outputs.cycles, 'cycle translations', 'recon_x_cyc_w', recon_x_cyc_w);
  return weightedLoss('generator', [
    ...adversarialTerms(gan, gan_w, outputs.scores),
    ...reconstructionTerms('image', recon_x_w, outputs.reconstructions, outputs.images),
    ...generatorTerms('kl', recon_kl_w, (domain) => klTerm(outputs.codes[domain])),
    ...(recon_x_cyc_w === 0 ? [] : reconstructionTerms('cycle', recon_x_cyc_w, cycles(), outputs.images)),
    ...generatorTerms('cycleKl', recon_kl_cyc_w, (domain) => klTerm(outputs.recoveredCodes[domain])),
    ...perceptualTerms(vgg_w, outputs.features),
  ]);
}
