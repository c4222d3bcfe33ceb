/** MUNIT's losses, summed as the published trainer sums them (`trainer.py`, `MUNIT_Trainer`). */
import type { Domain } from '@munit/core';
import { adversarial, type DiscriminatorTermName, discriminatorTermsOf, perceptual, reconstruction } from './shared.js';
import { checkWeights, lossOf, needed } from './sum.js';
import type { DiscriminatorOutputs, DiscriminatorWeights, Loss, LossOptions, MunitGeneratorOutputs, MunitWeights } from './types.js';

export type MunitGeneratorTermName =
  | `loss_gen_adv_${Domain}`
  | `loss_gen_recon_${'x' | 's' | 'c'}_${Domain}`
  | `loss_gen_cycrecon_x_${Domain}`
  | `loss_gen_vgg_${Domain}`;

/**
 * gan_w (D_a + D_b), D the discriminator's loss on fakes and reals.
 * @throws ArgumentError for a weight or `gan_type` out of range, or all weights 0
 */
export function munitDiscriminatorTerms(outputs: DiscriminatorOutputs, options: LossOptions<DiscriminatorWeights>): Loss<DiscriminatorTermName> {
  return discriminatorTermsOf(outputs, options);
}

/**
 * Over both domains: gan_w adv + recon_x_w ‖x̂ − x‖ + recon_s_w ‖ŝ − s‖ + recon_c_w ‖ĉ − c‖ + recon_x_cyc_w ‖x_aba − x_a‖ + vgg_w vgg,
 * ‖·‖ the mean of magnitudes. The cycle's and VGG's terms are left out at weight 0.
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or outputs that a weight needs and that did not come
 */
export function munitGeneratorTerms(outputs: MunitGeneratorOutputs, { gan, weights }: LossOptions<MunitWeights>): Loss<MunitGeneratorTermName> {
  checkWeights(weights, ['gan_w', 'recon_x_w', 'recon_s_w', 'recon_c_w', 'recon_x_cyc_w', 'vgg_w']);
  const { gan_w, recon_x_w, recon_s_w, recon_c_w, recon_x_cyc_w, vgg_w } = weights;
  const cycle = (): MunitGeneratorOutputs['images'] => needed(outputs.cycles, 'cycle translations', 'recon_x_cyc_w', recon_x_cyc_w);
  return lossOf<MunitGeneratorTermName>([
    ...adversarial(gan, gan_w, outputs.scores),
    ...reconstruction({ a: 'loss_gen_recon_x_a', b: 'loss_gen_recon_x_b' }, recon_x_w, outputs.reconstructions, outputs.images),
    ...reconstruction({ a: 'loss_gen_recon_s_a', b: 'loss_gen_recon_s_b' }, recon_s_w, outputs.recoveredStyles, outputs.styles),
    ...reconstruction({ a: 'loss_gen_recon_c_a', b: 'loss_gen_recon_c_b' }, recon_c_w, outputs.recoveredContents, outputs.contents),
    ...(recon_x_cyc_w === 0
      ? []
      : reconstruction({ a: 'loss_gen_cycrecon_x_a', b: 'loss_gen_cycrecon_x_b' }, recon_x_cyc_w, cycle(), outputs.images)),
    ...perceptual(vgg_w, outputs.features),
  ]);
}
