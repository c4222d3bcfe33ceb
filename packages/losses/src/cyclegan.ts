/** CycleGAN's losses, summed as the published trainer sums them (`cycle_gan_model.py`). */
import { type Domain, domains, type PerDomain, scale, scoped, type Tensor4D } from '@munit/core';
import { adversarialTerms, type DiscriminatorOutputs, type LossOptions, type Scores } from './domainTerms.js';
import { checkWeights, type Loss, type NamedTerm, required, type TermNames, weightedLoss } from './loss.js';
import { adversarialDiscriminatorTerm, reconstructionTerm } from './terms.js';

/** CycleGAN's loss weights by their published names; the adversarial one by munit's. */
export interface CycleGanWeights {
  /** Of the adversarial terms; 1 in the published code. */
  readonly gan_w: number;
  /** Of the cycle A → B → A; 10 in the published code. */
  readonly lambda_A: number;
  /** Of the cycle B → A → B; 10 in the published code. */
  readonly lambda_B: number;
  /** Of the identity terms, relative to the cycle of the same images; 0.5 in the published code. The identities are not needed at 0. */
  readonly lambda_identity: number;
}

/** What CycleGAN's generators and discriminators make of a batch: all that the generators' loss needs. */
export interface CycleGanGeneratorOutputs {
  /** x_a, x_b */
  readonly images: PerDomain<Tensor4D>;
  /** x_aba, x_bab */
  readonly cycles: PerDomain<Tensor4D>;
  /** a: x_a through the generator that makes images of a; b likewise. Required where `lambda_identity` is above 0. */
  readonly identities?: PerDomain<Tensor4D> | undefined;
  /** a: the discriminator of a on x_ba; b: that of b on x_ab. */
  readonly scores: PerDomain<Scores>;
}

/** Networks that make or judge images of b bear the letter A there: `G_A` translates from A, and `D_A` judges what it makes. */
const letter: PerDomain<string> = { a: 'B', b: 'A' };

/** The names that CycleGAN's published trainer gives its terms, which it reports with their weights; totals have munit's. */
export const cycleGanTermNames: TermNames = {
  ...Object.fromEntries(
    domains.flatMap((domain): [string, NamedTerm][] => [
      [`loss_G_${letter[domain]}`, { side: 'generator', kind: 'adversarial', domain }],
      [`loss_cycle_${domain.toUpperCase()}`, { side: 'generator', kind: 'cycle', domain, weighted: true }],
      [`loss_idt_${letter[domain]}`, { side: 'generator', kind: 'identity', domain, weighted: true }],
      [`loss_D_${letter[domain]}`, { side: 'discriminator', kind: 'adversarial', domain }],
    ]),
  ),
  loss_G_total: { side: 'generator', kind: 'total', domain: undefined },
  loss_D_total: { side: 'discriminator', kind: 'total', domain: undefined },
};

/**
 * gan_w adv + lambda ‖cycle − x‖ + lambda · lambda_identity ‖identity − x‖ over both domains, where lambda is `lambda_A` for images of A and
 * `lambda_B` for those of B; ‖·‖ the mean of magnitudes.
 * @throws ArgumentError for a weight or `gan_type` out of range, all weights 0, or identities that a weight requires and that are absent
 */
export function cycleGanGeneratorLoss({ images, cycles, identities, scores }: CycleGanGeneratorOutputs, { gan, weights }: LossOptions<CycleGanWeights>): Loss {
  checkWeights(weights, ['gan_w', 'lambda_A', 'lambda_B', 'lambda_identity']);
  const { gan_w, lambda_A, lambda_B, lambda_identity } = weights;
  const lambda: PerDomain<number> = { a: lambda_A, b: lambda_B };
  const l1 = (kind: 'cycle' | 'identity', factor: number, made: PerDomain<Tensor4D>): Loss['terms'] =>
    domains.map((domain) => ({ side: 'generator', kind, domain, weight: factor * lambda[domain], value: reconstructionTerm(made[domain], images[domain]) }));
  return weightedLoss('generator', [
    ...adversarialTerms(gan, gan_w, scores),
    ...l1('cycle', 1, cycles),
    ...(lambda_identity === 0 ? [] : l1('identity', lambda_identity, required(identities, 'identity translations', 'lambda_identity', lambda_identity))),
  ]);
}

/**
 * gan_w (D_a + D_b), D half the adversarial term of a discriminator on fakes and reals: the published trainer halves it to slow the
 * discriminators down against the generators.
 * @throws ArgumentError for a weight or `gan_type` out of range, or a weight of 0
 */
export function cycleGanDiscriminatorLoss({ fakes, reals }: DiscriminatorOutputs, { gan, weights }: LossOptions<Pick<CycleGanWeights, 'gan_w'>>): Loss {
  checkWeights(weights, ['gan_w']);
  return weightedLoss(
    'discriminator',
    domains.map((domain: Domain) => ({
      side: 'discriminator',
      kind: 'adversarial',
      domain,
      weight: weights.gan_w,
      value: scoped(() => scale(adversarialDiscriminatorTerm(gan, fakes[domain], reals[domain]), 0.5)),
    })),
  );
}
