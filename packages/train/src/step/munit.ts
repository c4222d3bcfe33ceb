/** MUNIT's two halves of a step (`trainer.py`, `MUNIT_Trainer`). */
import { type Domain, otherDomain, type Params, type PerDomain, perDomain, type Tensor2D, type Tensor4D } from '@munit/core';
import { munitGenerator, type MunitGenerator, type MunitGeneratorParams } from '@munit/layers';
import { munitGeneratorTerms } from '@munit/losses';
import type { TrainingConfig } from '../config/index.js';
import { generatorArchitectures } from '../networks/architecture.js';
import { sampleStyles } from '../networks/model.js';
import { drawAugmentations } from './augmentations.js';
import { judges } from './judges.js';
import type { Perceptual } from './perceptual.js';
import { together } from './together.js';
import type { Objective } from './types.js';

/** The domain whose generator makes a translation goes by its name: `fakes.a` is x_ba, made by the generator of a from b's content. */
export function munitObjective(config: TrainingConfig, perceptual?: Perceptual): Objective {
  const generators: PerDomain<MunitGenerator> = perDomain((domain) => munitGenerator(generatorArchitectures(config)[domain]));
  const own = (gen: PerDomain<Params>, domain: Domain): MunitGeneratorParams => gen[domain] as MunitGeneratorParams;
  const content = (gen: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor4D => generators[domain].encodeContent(own(gen, domain), x);
  const style = (gen: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor2D => generators[domain].encodeStyle(own(gen, domain), x);
  const decode = (gen: PerDomain<Params>, domain: Domain, c: Tensor4D, s: Tensor2D): Tensor4D => generators[domain].decode(own(gen, domain), c, s);
  const { judge, discriminatorTerms } = judges(config);

  return {
    drawNoise: (rng, images) => {
      const styles = (): Tensor2D[] => [images.a, images.b].map((x) => sampleStyles(rng, x.shape[0], config.gen.style_dim));
      return { dis: styles(), gen: styles(), augment: drawAugmentations(rng, config, images) };
    },
    encode: (gen, images) => perDomain((domain) => content(gen, domain, images[domain])),
    translate: (gen, codes, { dis: [styleA, styleB] }) => ({
      a: decode(gen, 'a', codes.b, styleA as Tensor2D),
      b: decode(gen, 'b', codes.a, styleB as Tensor2D),
    }),
    discriminatorTerms,
    generatorTerms: (gen, dis, images, contents, { gen: [styleA, styleB], augment }) => {
      const styles = { a: styleA as Tensor2D, b: styleB as Tensor2D };
      const ownStyles = perDomain((domain) => style(gen, domain, images[domain]));
      const decoded = perDomain((domain) =>
        together(
          (c: Tensor4D, s: Tensor2D) => [decode(gen, domain, c, s)],
          [contents[domain], ownStyles[domain]],
          [contents[otherDomain(domain)], styles[domain]],
        ),
      );
      const reconstructions = perDomain((domain) => decoded[domain][0][0] as Tensor4D);
      const fakes = perDomain((domain) => decoded[domain][1][0] as Tensor4D);
      // x_ab carries a's content, and is read by the encoder of b.
      const recoveredContents = { a: content(gen, 'b', fakes.b), b: content(gen, 'a', fakes.a) };
      const recoveredStyles = perDomain((domain) => style(gen, domain, fakes[domain]));
      const cycles = config.recon_x_cyc_w === 0 ? undefined : perDomain((domain) => decode(gen, domain, recoveredContents[domain], ownStyles[domain]));
      const scores = perDomain((domain) => judge(dis, domain, augment === undefined ? fakes[domain] : augment.gen[domain](fakes[domain])));
      const features = perceptual?.(fakes, { a: images.b, b: images.a });
      return munitGeneratorTerms(
        { images, reconstructions, contents, recoveredContents, styles, recoveredStyles, scores, cycles, features },
        { gan: config.dis.gan_type, weights: config },
      );
    },
  };
}
