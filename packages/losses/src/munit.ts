/** MUNIT's generator loss, summed as the published trainer sums it (`trainer.py`, `MUNIT_Trainer`). */
import type { PerDomain, Tensor2D, Tensor4D } from '@munit/core';
import {
  adversarialTerms,
  type DiscriminatorWeights,
  type LossOptions,
  namesPerDomain,
  type PerceptualOutputs,
  perceptualTerms,
  reconstructionTerms,
  type Scores,
  sharedTermNames,
} from './domainTerms.js';
import { checkWeights, type Loss, required, type TermNames, weightedLoss } from './loss.js';

/** MUNIT's loss weights by their published names. */
export interface MunitWeights extends DiscriminatorWeights {
  /** Of the image reconstruction ‖x̂ − x‖₁; 10 in the published configurations. */
  readonly recon_x_w: number;
  /** Of the style reconstruction ‖ŝ − s‖₁ of a drawn style code; 1 in the published configurations. */
  readonly recon_s_w: number;
  /** Of the content reconstruction ‖ĉ − c‖₁; 1 in the published configurations. */
  readonly recon_c_w: number;
  /** Of the cycle reconstruction ‖x_aba − x_a‖₁; the cycle is not needed at 0. */
  readonly recon_x_cyc_w: number;
  /** Of the domain-invariant perceptual term, between the VGG features of a translation and its source; VGG is not needed at 0. */
  readonly vgg_w: number;
}

/** What MUNIT's generators and discriminators make of a batch: all that the generators' loss needs. */
export interface MunitGeneratorOutputs {
  /** x_a, x_b */
  readonly images: PerDomain<Tensor4D>;
  /** Each image decoded from its own content and style. */
  readonly reconstructions: PerDomain<Tensor4D>;
  /** c_a, c_b: of the images. */
  readonly contents: PerDomain<Tensor4D>;
  /** a: of x_ab, which carries a's content; b: of x_ba. */
  readonly recoveredContents: PerDomain<Tensor4D>;
  /** s_a, s_b: drawn. */
  readonly styles: PerDomain<Tensor2D>;
  /** a: of x_ba, which was made with s_a; b: of x_ab. */
  readonly recoveredStyles: PerDomain<Tensor2D>;
  /** a: the discriminator of a on x_ba; b: that of b on x_ab. */
  readonly scores: PerDomain<Scores>;
  /** x_aba, x_bab: required where `recon_x_cyc_w` is above 0. */
  readonly cycles?: PerDomain<Tensor4D> | undefined;
  /** Required where `vgg_w` is above 0. */
  readonly features?: PerceptualOutputs | undefined;
}

/** The names that MUNIT's published trainer gives its terms. */
export const munitTermNames: TermNames = {
  ...sharedTermNames,
  ...namesPerDomain('loss_gen_recon_s', 'generator', 'style'),
  ...namesPerDomain('loss_gen_recon_c', 'generator', 'content'),
  ...namesPerDomain('loss_gen_cycrecon_x', 'generator', 'cycle'),
};

/**
 * Over both domains: gan_w adv + recon_x_w ‖x̂ − x‖ + recon_s_w ‖ŝ − s‖ + recon_c_w ‖ĉ − c‖ + recon_x_cyc_w ‖x_aba − x_a‖ + vgg_w vgg,
 * ‖·‖ the mean of magnitudes. The cycle's and VGG's terms are left out at weight 0.
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or outputs that a weight requires and that are absent
 */
export function munitGeneratorLoss(outputs: MunitGeneratorOutputs, { gan, weights }: LossOptions<MunitWeights>): Loss {
  checkWeights(weights, ['gan_w', 'recon_x_w', 'recon_s_w', 'recon_c_w', 'recon_x_cyc_w', 'vgg_w']);
  const { gan_w, recon_x_w, recon_s_w, recon_c_w, recon_x_cyc_w, vgg_w } = weights;
  const cycles = (): PerDomain<Tensor4D> => required(outputs.cycles, 'cycle translations', 'recon_x_cyc_w', recon_x_cyc_w);
  return weightedLoss('generator', [
    ...adversarialTerms(gan, gan_w, outputs.scores),
    ...reconstructionTerms('image', recon_x_w, outputs.reconstructions, outputs.images),
    ...reconstructionTerms('style', recon_s_w, outputs.recoveredStyles, outputs.styles),
    ...reconstructionTerms('content', recon_c_w, outputs.recoveredContents, outputs.contents),
    ...(recon_x_cyc_w === 0 ? [] : reconstructionTerms('cycle', recon_x_cyc_w, cycles(), outputs.images)),
    ...perceptualTerms(vgg_w, outputs.features),
  ]);
}
