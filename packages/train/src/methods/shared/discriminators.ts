/** The discriminators' side of a method with one multi-scale discriminator per domain. */
import { type Domain, domains, type PerDomain, perDomain, scalar, type Tensor4D } from '@munit/core';
import { type DiscriminatorParams, type MultiScaleDiscriminator, multiScaleDiscriminator } from '@munit/layers';
import { consistencyTerm, discriminatorLoss, gradientPenaltyTerm, type LossTerm, type Scores } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import type { OptimizerTargets } from '../../state/state.js';
import type { TwoLosses } from '../../step/discriminatorsFirst.js';
import type { Images, StepNoise } from '../../step/objective.js';
import { architecturesOf } from '../../config/architectures.js';
import type { StepAugmentations } from './augmentations.js';
import { inOneBatch } from './inOneBatch.js';

/** Both discriminators. */
export type Discriminators = PerDomain<MultiScaleDiscriminator>;
/** Both discriminators' parameters. */
export type DiscriminatorsParams = PerDomain<DiscriminatorParams>;

/** The discriminators of a configuration. */
export function discriminatorsOf(config: TrainingConfig): Discriminators {
  const architectures = architecturesOf(config).dis;
  return perDomain((domain) => multiScaleDiscriminator(architectures[domain]));
}

/** One optimizer for both generators, one for both discriminators. */
export const generatorsAndDiscriminators: OptimizerTargets = { gen: ({ gen }) => gen, dis: ({ dis }) => dis };

/** What the discriminators say of a step's images, each seen through its augmentation. */
export interface Adversaries {
  /** Scores per scale of translations: of x_ba by the discriminator of a, of x_ab by that of b. */
  scoresOfFakes(dis: DiscriminatorsParams, fakes: Images, augment: StepAugmentations | undefined): PerDomain<Scores>;
  /** The discriminators' loss of a step. */
  readonly discriminatorLoss: TwoLosses<never, DiscriminatorsParams, never, StepNoise & { readonly augment: StepAugmentations | undefined }>['discriminatorLoss'];
}

/** The discriminators' side of the objective, the same for MUNIT and UNIT. */
export function adversaries(discriminators: Discriminators, { dis: options, gan_w, r1_w, r1_every, consistency_w }: TrainingConfig): Adversaries {
  const discriminate = (dis: DiscriminatorsParams, domain: Domain, x: Tensor4D): Tensor4D[] => discriminators[domain].apply(dis[domain], x);
  // Batch norm would mix them, and spectral norm takes a step of its power iteration between the two.
  const onePass = options.norm !== 'bn' && options.norm !== 'sn';
  /** R1 of both domains; a term of value 0 in updates without it, so that every update has the same terms. */
  const penalties = (dis: DiscriminatorsParams, reals: Images, step: number): LossTerm[] => {
    if (r1_w === 0) return [];
    const due = step % r1_every === 0;
    return domains.map((domain) => ({
      side: 'discriminator',
      kind: 'gradientPenalty',
      domain,
      weight: due ? r1_w * r1_every : 0,
      value: due ? gradientPenaltyTerm((x) => discriminate(dis, domain, x), reals[domain]) : scalar(0),
    }));
  };
  /** The consistency of both domains' scores of real images, given as they were seen, under `moved`. */
  const consistencies = (dis: DiscriminatorsParams, reals: Images, scores: PerDomain<Scores>, moved: StepAugmentations['moved']): LossTerm[] => {
    if (moved === undefined) return [];
    return domains.map((domain) => ({
      side: 'discriminator',
      kind: 'consistency',
      domain,
      weight: consistency_w,
      value: consistencyTerm(scores[domain], discriminate(dis, domain, moved[domain](reals[domain]))),
    }));
  };
  return {
    scoresOfFakes: (dis, fakes, augment) =>
      perDomain((domain) => discriminate(dis, domain, augment === undefined ? fakes[domain] : augment.gen[domain](fakes[domain]))),
    discriminatorLoss: (disForFakes, disForReals, fakes, reals, { augment }, step) => {
      const seen = (images: Images, through: 'fakes' | 'reals', domain: Domain): Tensor4D =>
        augment === undefined ? images[domain] : augment[through][domain](images[domain]);
      const seenReals = perDomain((domain) => seen(reals, 'reals', domain));
      const scores = perDomain((domain) => {
        const [fake, real] = [seen(fakes, 'fakes', domain), seenReals[domain]];
        return onePass
          ? inOneBatch((x: Tensor4D) => discriminate(disForFakes, domain, x), [fake], [real])
          : ([discriminate(disForFakes, domain, fake), discriminate(disForReals, domain, real)] as const);
      });
      const ofReals = perDomain((domain) => scores[domain][1]);
      return discriminatorLoss(
        { fakes: perDomain((domain) => scores[domain][0]), reals: ofReals },
        { gan: options.gan_type, weights: { gan_w } },
        [...penalties(disForReals, reals, step), ...consistencies(disForReals, seenReals, ofReals, augment?.moved)],
      );
    },
  };
}
