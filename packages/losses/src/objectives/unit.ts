/** UNIT's losses, summed as the published trainer sums them (`trainer.py`, `UNIT_Trainer`). */
import type { Domain } from '@munit/core';
import { klLoss } from '../terms/reconstruction.js';
import { adversarial, type DiscriminatorTermName, discriminatorTermsOf, perceptual, reconstruction } from './shared.js';
import { checkWeights, lossOf, needed } from './sum.js';
import type { DiscriminatorOutputs, DiscriminatorWeights, Loss, LossOptions, UnitGeneratorOutputs, UnitWeights } from './types.js';

export type UnitGeneratorTermName =
  | `loss_gen_adv_${Domain}`
  | `loss_gen_recon_${'x' | 'kl'}_${Domain}`
  | `loss_gen_cyc_x_${Domain}`
  | `loss_gen_recon_kl_cyc_${'aba' | 'bab'}`
  | `loss_gen_vgg_${Domain}`;

/**
 * gan_w (D_a + D_b), D the discriminator's loss on fakes and reals.
 * @throws ArgumentError for a weight or `gan_type` out of range, or all weights 0
 */
export function unitDiscriminatorTerms(outputs: DiscriminatorOutputs, options: LossOptions<DiscriminatorWeights>): Loss<DiscriminatorTermName> {
  return discriminatorTermsOf(outputs, options);
}

/**
 * Over both domains: gan_w adv + recon_x_w ‖x̂ − x‖ + recon_kl_w kl(h) + recon_x_cyc_w ‖x_aba − x_a‖ + recon_kl_cyc_w kl(ĥ) + vgg_w vgg,
 * ‖·‖ the mean of magnitudes, kl(h) the mean of squares. The cycle's image term and VGG's are left out at weight 0
 * (the published trainer fails on the former).
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or outputs that a weight needs and that did not come
 */
export function unitGeneratorTerms(outputs: UnitGeneratorOutputs, { gan, weights }: LossOptions<UnitWeights>): Loss<UnitGeneratorTermName> {
  checkWeights(weights, ['gan_w', 'recon_x_w', 'recon_kl_w', 'recon_x_cyc_w', 'recon_kl_cyc_w', 'vgg_w']);
  const { gan_w, recon_x_w, recon_kl_w, recon_x_cyc_w, recon_kl_cyc_w, vgg_w } = weights;
  const cycle = (): UnitGeneratorOutputs['images'] => needed(outputs.cycles, 'cycle translations', 'recon_x_cyc_w', recon_x_cyc_w);
  return lossOf<UnitGeneratorTermName>([
    ...adversarial(gan, gan_w, outputs.scores),
    ...reconstruction({ a: 'loss_gen_recon_x_a', b: 'loss_gen_recon_x_b' }, recon_x_w, outputs.reconstructions, outputs.images),
    { name: 'loss_gen_recon_kl_a', weight: recon_kl_w, term: klLoss(outputs.codes.a) },
    { name: 'loss_gen_recon_kl_b', weight: recon_kl_w, term: klLoss(outputs.codes.b) },
    ...(recon_x_cyc_w === 0 ? [] : reconstruction({ a: 'loss_gen_cyc_x_a', b: 'loss_gen_cyc_x_b' }, recon_x_cyc_w, cycle(), outputs.images)),
    { name: 'loss_gen_recon_kl_cyc_aba', weight: recon_kl_cyc_w, term: klLoss(outputs.recoveredCodes.a) },
    { name: 'loss_gen_recon_kl_cyc_bab', weight: recon_kl_cyc_w, term: klLoss(outputs.recoveredCodes.b) },
    ...perceptual(vgg_w, outputs.features),
  ]);
}
