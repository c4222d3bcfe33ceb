/** UNIT's two halves of a step (`trainer.py`, `UNIT_Trainer`). */
import { type Domain, otherDomain, type Params, type PerDomain, perDomain, type Rng, tensor, type Tensor4D } from '@munit/core';
import { unitGenerator, type UnitGenerator, type UnitGeneratorParams } from '@munit/layers';
import { unitGeneratorTerms } from '@munit/losses';
import type { TrainingConfig } from '../config/index.js';
import { generatorArchitectures } from '../networks/architecture.js';
import { drawAugmentations } from './augmentations.js';
import { judges } from './judges.js';
import type { Perceptual } from './perceptual.js';
import { together } from './together.js';
import type { Images, Objective } from './types.js';

/** `fakes.a` is x_ba, made by the generator of a from b's code; every decoding adds its own noise to the code. */
export function unitObjective(config: TrainingConfig, perceptual?: Perceptual): Objective {
  const generators: PerDomain<UnitGenerator> = perDomain((domain) => unitGenerator(generatorArchitectures(config)[domain]));
  const own = (gen: PerDomain<Params>, domain: Domain): UnitGeneratorParams => gen[domain] as UnitGeneratorParams;
  const encode = (gen: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor4D => generators[domain].encode(own(gen, domain), x);
  const decode = (gen: PerDomain<Params>, domain: Domain, h: Tensor4D, noise: Tensor4D): Tensor4D => generators[domain].decode(own(gen, domain), h, noise);
  const { judge, discriminatorTerms } = judges(config);

  return {
    drawNoise: (rng, images) => {
      const draw = (...of: readonly Tensor4D[]): Tensor4D[] => of.map((x) => codeNoise(rng, x, config));
      return {
        dis: draw(images.a, images.b),
        gen: draw(images.a, images.b, images.b, images.a),
        augment: drawAugmentations(rng, config, images),
      };
    },
    encode: (gen, images) => perDomain((domain) => encode(gen, domain, images[domain])),
    translate: (gen, codes, { dis }) => {
      const [noiseA, noiseB] = dis as readonly [Tensor4D, Tensor4D];
      return { a: decode(gen, 'a', codes.b, noiseB), b: decode(gen, 'b', codes.a, noiseA) };
    },
    discriminatorTerms,
    generatorTerms: (gen, dis, images, codes, { gen: noise, augment }) => {
      const [noiseA, noiseB, noiseRecoveredB, noiseRecoveredA] = noise as readonly [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
      const noises = { a: noiseA, b: noiseB };
      const decoded = perDomain((domain) => {
        const other = otherDomain(domain);
        return together((h: Tensor4D, n: Tensor4D) => [decode(gen, domain, h, n)], [codes[domain], noises[domain]], [codes[other], noises[other]]);
      });
      const reconstructions = perDomain((domain) => decoded[domain][0][0] as Tensor4D);
      const fakes: Images = perDomain((domain) => decoded[domain][1][0] as Tensor4D);
      const recoveredCodes = { a: encode(gen, 'b', fakes.b), b: encode(gen, 'a', fakes.a) };
      const cycles =
        config.recon_x_cyc_w === 0
          ? undefined
          : { a: decode(gen, 'a', recoveredCodes.a, noiseRecoveredA), b: decode(gen, 'b', recoveredCodes.b, noiseRecoveredB) };
      const scores = perDomain((domain) => judge(dis, domain, augment === undefined ? fakes[domain] : augment.gen[domain](fakes[domain])));
      const features = perceptual?.(fakes, { a: images.b, b: images.a });
      return unitGeneratorTerms(
        { images, reconstructions, codes, recoveredCodes, scores, cycles, features },
        { gan: config.dis.gan_type, weights: config },
      );
    },
  };
}

/** Standard normal noise in the shape of the code of x [N, H, W, C]: [N, h, w, dim · 2^n_downsample], sides halved and rounded down each time. */
function codeNoise(rng: Rng, x: Tensor4D, { gen }: TrainingConfig): Tensor4D {
  const shrink = (side: number): number => Array.from({ length: gen.n_downsample }).reduce<number>((size) => Math.floor(size / 2), side);
  const shape: [number, number, number, number] = [x.shape[0], shrink(x.shape[1]), shrink(x.shape[2]), gen.dim * 2 ** gen.n_downsample];
  return tensor(rng.normals(shape.reduce((product, n) => product * n, 1)), shape) as Tensor4D;
}
