/** MUNIT's generator loss, summed as the published trainer sums it (`trainer.py`, `MUNIT_Trainer`). */
import type { PerDomain, Tensor2D, Tensor4D } from '@munit/core';
import {
  adversarialTerms,
  type DiscriminatorWeights,
  type LossOptions,
  namesPerDomain,
  type PerceptualOutputs,
  generatorTerms,
  perceptualTerms,
  reconstructionTerms,
  type Scores,
  sharedTermNames,
} from './domainTerms.js';
import { modeSeekingTerm, stylePriorTerm } from './regularisers.js';
import { klTerm } from './terms.js';
import { checkWeights, type Loss, type LossTerm, required, type TermNames, weightedLoss } from './loss.js';

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
  /** Of the mode-seeking term; a second translation of each image is not needed at 0. Default 0. */
  readonly mode_seeking_w?: number | undefined;
  /** Of mean s² of encoded styles, their divergence from N(0, I) but for the factor ½ and constants. Default 0. */
  readonly style_kl_w?: number | undefined;
  /** Of the maximum mean discrepancy of encoded styles to drawn ones. Default 0. */
  readonly style_mmd_w?: number | undefined;
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
  /** Of the images: required where `style_kl_w` or `style_mmd_w` is above 0. */
  readonly encodedStyles?: PerDomain<Tensor2D> | undefined;
  /** x_ba and x_ab as `scores` judges them, the same in other styles, and these: required where `mode_seeking_w` is above 0. */
  readonly modes?: { readonly translations: PerDomain<Tensor4D>; readonly others: PerDomain<Tensor4D>; readonly otherStyles: PerDomain<Tensor2D> } | undefined;
  /** Required where `vgg_w` is above 0. */
  readonly features?: PerceptualOutputs | undefined;
}

/** The names that MUNIT's published trainer gives its terms. */
export const munitTermNames: TermNames = {
  ...sharedTermNames,
  ...namesPerDomain('loss_gen_recon_s', 'generator', 'style'),
  ...namesPerDomain('loss_gen_recon_c', 'generator', 'content'),
  ...namesPerDomain('loss_gen_cycrecon_x', 'generator', 'cycle'),
  ...namesPerDomain('loss_gen_mode_seeking', 'generator', 'modeSeeking'),
  ...namesPerDomain('loss_gen_style_kl', 'generator', 'kl'),
  ...namesPerDomain('loss_gen_style_mmd', 'generator', 'stylePrior'),
};

/**
 * Over both domains: gan_w adv + recon_x_w ‖x̂ − x‖ + recon_s_w ‖ŝ − s‖ + recon_c_w ‖ĉ − c‖ + recon_x_cyc_w ‖x_aba − x_a‖ + vgg_w vgg,
 * ‖·‖ the mean of magnitudes. The cycle's and VGG's terms are left out at weight 0, and so are those that the paper does not have: mode seeking
 * and the two that keep encoded styles close to the prior.
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or outputs that a weight requires and that are absent
 */
export function munitGeneratorLoss(outputs: MunitGeneratorOutputs, { gan, weights }: LossOptions<MunitWeights>): Loss {
  const added = { mode_seeking_w: weights.mode_seeking_w ?? 0, style_kl_w: weights.style_kl_w ?? 0, style_mmd_w: weights.style_mmd_w ?? 0 };
  checkWeights(weights, ['gan_w', 'recon_x_w', 'recon_s_w', 'recon_c_w', 'recon_x_cyc_w', 'vgg_w']);
  checkWeights(added, ['mode_seeking_w', 'style_kl_w', 'style_mmd_w']);
  const { gan_w, recon_x_w, recon_s_w, recon_c_w, recon_x_cyc_w, vgg_w } = weights;
  const cycles = (): PerDomain<Tensor4D> => required(outputs.cycles, 'cycle translations', 'recon_x_cyc_w', recon_x_cyc_w);
  return weightedLoss('generator', [
    ...adversarialTerms(gan, gan_w, outputs.scores),
    ...reconstructionTerms('image', recon_x_w, outputs.reconstructions, outputs.images),
    ...reconstructionTerms('style', recon_s_w, outputs.recoveredStyles, outputs.styles),
    ...reconstructionTerms('content', recon_c_w, outputs.recoveredContents, outputs.contents),
    ...(recon_x_cyc_w === 0 ? [] : reconstructionTerms('cycle', recon_x_cyc_w, cycles(), outputs.images)),
    ...perceptualTerms(vgg_w, outputs.features),
    ...addedTerms(outputs, added),
  ]);
}

/** The terms that the paper does not have; none at weight 0. */
function addedTerms({ modes, styles, encodedStyles }: MunitGeneratorOutputs, weights: Required<Pick<MunitWeights, 'mode_seeking_w' | 'style_kl_w' | 'style_mmd_w'>>): LossTerm[] {
  const { mode_seeking_w = 0, style_kl_w = 0, style_mmd_w = 0 } = weights;
  const terms: LossTerm[] = [];
  if (mode_seeking_w > 0) {
    const { translations, others, otherStyles } = required(modes, 'second translations', 'mode_seeking_w', mode_seeking_w);
    terms.push(...generatorTerms('modeSeeking', mode_seeking_w, (domain) => modeSeekingTerm(translations[domain], others[domain], styles[domain], otherStyles[domain])));
  }
  if (style_kl_w > 0) {
    const encoded = required(encodedStyles, 'encoded styles', 'style_kl_w', style_kl_w);
    terms.push(...generatorTerms('kl', style_kl_w, (domain) => klTerm(encoded[domain])));
  }
  if (style_mmd_w > 0) {
    const encoded = required(encodedStyles, 'encoded styles', 'style_mmd_w', style_mmd_w);
    terms.push(...generatorTerms('stylePrior', style_mmd_w, (domain) => stylePriorTerm(encoded[domain], styles[domain])));
  }
  return terms;
}
