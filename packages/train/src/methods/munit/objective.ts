/** MUNIT's two losses of a step (`trainer.py`, `MUNIT_Trainer`). */
import { otherDomain, type PerDomain, perDomain, type Rng, type Tensor, tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { munitGeneratorLoss, type MunitWeights } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import { discriminatorsFirst } from '../../step/discriminatorsFirst.js';
import type { Images, Objective, RecordedNoise, StepNoise } from '../../step/objective.js';
import { drawAugmentations, repeats, type StepAugmentations } from '../shared/augmentations.js';
import { adversaries, type DiscriminatorsParams } from '../shared/discriminators.js';
import { inOneBatch } from '../shared/inOneBatch.js';
import type { PerceptualNetwork } from '../method.js';
import { perceptualFeatures } from '../shared/perceptual.js';
import type { MunitNetworks, MunitParams } from './networks.js';

/** What a step of MUNIT draws: style codes [N, style_dim]. */
export interface MunitNoise extends StepNoise {
  readonly drawn: {
    readonly dis: PerDomain<Tensor2D>;
    readonly gen: PerDomain<Tensor2D>;
    /** Of the second translations, where modes are sought. */
    readonly other?: PerDomain<Tensor2D>;
  };
  readonly augment: StepAugmentations | undefined;
}

/** The domain whose generator makes a translation names it: `fakes.a` is x_ba, made by the generator of a from b's content. */
export function munitObjective({ generators, discriminators }: MunitNetworks, config: TrainingConfig, vgg: PerceptualNetwork | undefined): Objective<MunitParams, DiscriminatorsParams, MunitNoise> {
  const { scoresOfFakes, discriminatorLoss } = adversaries(discriminators, config);
  const features = perceptualFeatures(vgg);
  const weights = withoutAblated(config);
  return {
    drawNoise: (rng, images) => {
      const styles = (): PerDomain<Tensor2D> => perDomain((domain) => drawStyles(rng, images[domain].shape[0], config.gen.style_dim));
      const drawn = { dis: styles(), gen: styles() };
      const augment = drawAugmentations(rng, config, images);
      return { drawn: config.mode_seeking_w === 0 ? drawn : { ...drawn, other: styles() }, augment };
    },
    recordedNoise: ({ dis, gen }: RecordedNoise) => ({ drawn: { dis: stylesOf(dis), gen: stylesOf(gen) }, augment: undefined }),
    repeats: repeats(config),
    update: discriminatorsFirst<MunitParams, DiscriminatorsParams, PerDomain<Tensor4D>, MunitNoise>({
      encode: (gen, images) => perDomain((domain) => generators[domain].encodeContent(gen[domain], images[domain])),
      translate: (gen, contents, { drawn }) =>
        perDomain((domain) => generators[domain].decode(gen[domain], contents[otherDomain(domain)], drawn.dis[domain])),
      discriminatorLoss,
      generatorLoss: (gen, dis, images, contents, { drawn: { gen: styles, other }, augment }) => {
        const ownStyles = perDomain((domain) => generators[domain].encodeStyle(gen[domain], images[domain]));
        const decoded = perDomain((domain) =>
          inOneBatch(
            (content: Tensor4D, style: Tensor2D) => [generators[domain].decode(gen[domain], content, style)],
            [contents[domain], ownStyles[domain]],
            [contents[otherDomain(domain)], styles[domain]],
          ),
        );
        const reconstructions = perDomain((domain) => decoded[domain][0][0] as Tensor4D);
        const fakes: Images = perDomain((domain) => decoded[domain][1][0] as Tensor4D);
        // x_ab carries a's content, and is read by the encoder of b.
        const recoveredContents = perDomain((domain) => {
          const other = otherDomain(domain);
          return generators[other].encodeContent(gen[other], fakes[other]);
        });
        const recoveredStyles = perDomain((domain) => generators[domain].encodeStyle(gen[domain], fakes[domain]));
        const cycles = config.recon_x_cyc_w === 0 ? undefined : perDomain((domain) => generators[domain].decode(gen[domain], recoveredContents[domain], ownStyles[domain]));
        const scores = scoresOfFakes(dis, fakes, augment);
        const modes = other === undefined ? undefined : {
          translations: fakes,
          others: perDomain((domain) => generators[domain].decode(gen[domain], contents[otherDomain(domain)], other[domain])),
          otherStyles: other,
        };
        return munitGeneratorLoss(
          { images, reconstructions, contents, recoveredContents, styles, recoveredStyles, scores, cycles, encodedStyles: ownStyles, modes, features: features?.(fakes, images) },
          { gan: config.dis.gan_type, weights },
        );
      },
    }),
  };
}

/** The loss weights, those of the terms that `without` names 0: the paper's ablations. */
export function withoutAblated({ without, gan_w, recon_x_w, recon_c_w, recon_s_w, recon_x_cyc_w, vgg_w, mode_seeking_w, style_kl_w, style_mmd_w }: TrainingConfig): MunitWeights {
  const unless = (name: TrainingConfig['without'][number], weight: number): number => (without.includes(name) ? 0 : weight);
  return {
    gan_w,
    recon_x_w: unless('image', recon_x_w),
    recon_c_w: unless('content', recon_c_w),
    recon_s_w: unless('style', recon_s_w),
    recon_x_cyc_w,
    vgg_w,
    mode_seeking_w,
    style_kl_w,
    style_mmd_w,
  };
}

/** `count` style codes from N(0, I), [count, styleDim]. The caller owns the tensor. */
function drawStyles(rng: Rng, count: number, styleDim: number): Tensor2D {
  return tensor(rng.normals(count * styleDim), [count, styleDim]);
}

const stylesOf = ([a, b]: readonly Tensor[]): PerDomain<Tensor2D> => ({ a: a as Tensor2D, b: b as Tensor2D });
