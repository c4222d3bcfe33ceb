import { type Domain, type Params, type PerDomain, perDomain, type Tensor4D } from '@munit/core';
import { type DiscriminatorParams, multiScaleDiscriminator } from '@munit/layers';
import { munitDiscriminatorTerms } from '@munit/losses';
import type { TrainingConfig } from '../config/index.js';
import { discriminatorArchitectures } from '../networks/architecture.js';
import { together } from './together.js';
import type { Objective } from './types.js';

/** The discriminators' side of the objective, the same for MUNIT and UNIT. */
export function judges(config: TrainingConfig): {
  /** Scores per scale of images of a domain. */
  readonly judge: (dis: PerDomain<Params>, domain: Domain, x: Tensor4D) => Tensor4D[];
  readonly discriminatorTerms: Objective['discriminatorTerms'];
} {
  const networks = perDomain((domain) => multiScaleDiscriminator(discriminatorArchitectures(config)[domain]));
  const judge = (dis: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor4D[] => networks[domain].apply(dis[domain] as DiscriminatorParams, x);
  // Batch norm would mix them, and spectral norm takes a step of its power iteration between the two.
  const onePass = config.dis.norm !== 'bn' && config.dis.norm !== 'sn';
  return {
    judge,
    discriminatorTerms: (first, second, fakes, reals, { augment }) => {
      const seen = (images: typeof fakes, through: 'fakes' | 'reals', domain: Domain): Tensor4D =>
        augment === undefined ? images[domain] : augment[through][domain](images[domain]);
      const scores = perDomain((domain) => {
        const [fake, real] = [seen(fakes, 'fakes', domain), seen(reals, 'reals', domain)];
        return onePass
          ? together((x: Tensor4D) => judge(first, domain, x), [fake], [real])
          : [judge(first, domain, fake), judge(second, domain, real)] as const;
      });
      return munitDiscriminatorTerms(
        { fakes: perDomain((domain) => scores[domain][0]), reals: perDomain((domain) => scores[domain][1]) },
        { gan: config.dis.gan_type, weights: config },
      );
    },
  };
}
