/** UNIT's two losses of a step (`trainer.py`, `UNIT_Trainer`). */
import { otherDomain, type PerDomain, perDomain, type Rng, type Tensor, tensor, type Tensor4D } from '@munit/core';
import { unitGeneratorLoss } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import { discriminatorsFirst } from '../../step/discriminatorsFirst.js';
import type { Images, Objective, RecordedNoise, StepNoise } from '../../step/objective.js';
import { drawAugmentations, repeats, type StepAugmentations } from '../shared/augmentations.js';
import { adversaries, type DiscriminatorsParams } from '../shared/discriminators.js';
import { inOneBatch } from '../shared/inOneBatch.js';
import type { PerceptualNetwork } from '../method.js';
import { perceptualFeatures } from '../shared/perceptual.js';
import type { UnitNetworks, UnitParams } from './networks.js';

/** What a step of UNIT draws: noises on codes, [N, h, w, c], each named by the domain whose image the code is of. */
export interface UnitNoise extends StepNoise {
  readonly drawn: {
    readonly dis: PerDomain<Tensor4D>;
    /** `recovered`: on the codes of translations, a: of x_ab, which carries a's code. */
    readonly gen: { readonly codes: PerDomain<Tensor4D>; readonly recovered: PerDomain<Tensor4D> };
  };
  readonly augment: StepAugmentations | undefined;
}

/** `fakes.a` is x_ba, made by the generator of a from b's code; every decoding adds its own noise to the code. */
export function unitObjective({ generators, discriminators }: UnitNetworks, config: TrainingConfig, vgg: PerceptualNetwork | undefined): Objective<UnitParams, DiscriminatorsParams, UnitNoise> {
  const { scoresOfFakes, discriminatorLoss } = adversaries(discriminators, config);
  const features = perceptualFeatures(vgg);
  return {
    drawNoise: (rng, images) => {
      const [disA, disB, genA, genB, recoveredB, recoveredA] = [images.a, images.b, images.a, images.b, images.b, images.a].map((x) => codeNoise(rng, x, config));
      return { ...noiseOf([disA, disB], [genA, genB, recoveredB, recoveredA]), augment: drawAugmentations(rng, config, images) };
    },
    recordedNoise: ({ dis, gen }: RecordedNoise) => ({ ...noiseOf(dis, gen), augment: undefined }),
    repeats: repeats(config),
    update: discriminatorsFirst<UnitParams, DiscriminatorsParams, PerDomain<Tensor4D>, UnitNoise>({
      encode: (gen, images) => perDomain((domain) => generators[domain].encode(gen[domain], images[domain])),
      translate: (gen, codes, { drawn }) =>
        perDomain((domain) => generators[domain].decode(gen[domain], codes[otherDomain(domain)], drawn.dis[otherDomain(domain)])),
      discriminatorLoss,
      generatorLoss: (gen, dis, images, codes, { drawn: { gen: noise }, augment }) => {
        const decoded = perDomain((domain) => {
          const other = otherDomain(domain);
          return inOneBatch(
            (code: Tensor4D, drawn: Tensor4D) => [generators[domain].decode(gen[domain], code, drawn)],
            [codes[domain], noise.codes[domain]],
            [codes[other], noise.codes[other]],
          );
        });
        const reconstructions = perDomain((domain) => decoded[domain][0][0] as Tensor4D);
        const fakes: Images = perDomain((domain) => decoded[domain][1][0] as Tensor4D);
        // x_ab carries a's code, and is read by the encoder of b.
        const recoveredCodes = perDomain((domain) => {
          const other = otherDomain(domain);
          return generators[other].encode(gen[other], fakes[other]);
        });
        const cycles =
          config.recon_x_cyc_w === 0 ? undefined : perDomain((domain) => generators[domain].decode(gen[domain], recoveredCodes[domain], noise.recovered[domain]));
        const scores = scoresOfFakes(dis, fakes, augment);
        return unitGeneratorLoss(
          { images, reconstructions, codes, recoveredCodes, scores, cycles, features: features?.(fakes, images) },
          { gan: config.dis.gan_type, weights: config },
        );
      },
    }),
  };
}

/** Tensors in the order in which the published trainer draws them: of a and b, then of the translations x_ba and x_ab. */
function noiseOf([disA, disB]: readonly (Tensor | undefined)[], [a, b, recoveredB, recoveredA]: readonly (Tensor | undefined)[]): Pick<UnitNoise, 'drawn'> {
  const both = (ofA: Tensor | undefined, ofB: Tensor | undefined): PerDomain<Tensor4D> => ({ a: ofA as Tensor4D, b: ofB as Tensor4D });
  return { drawn: { dis: both(disA, disB), gen: { codes: both(a, b), recovered: both(recoveredA, recoveredB) } } };
}

/** Standard normal noise in the shape of the code of x [N, H, W, C]: [N, h, w, dim · 2^n_downsample], sides halved and rounded down each time. */
function codeNoise(rng: Rng, x: Tensor4D, { gen }: TrainingConfig): Tensor4D {
  const shrink = (side: number): number => Array.from({ length: gen.n_downsample }).reduce<number>((size) => Math.floor(size / 2), side);
  const shape: [number, number, number, number] = [x.shape[0], shrink(x.shape[1]), shrink(x.shape[2]), gen.dim * 2 ** gen.n_downsample];
  return tensor(rng.normals(shape.reduce((product, n) => product * n, 1)), shape);
}
