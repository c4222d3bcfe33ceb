import type { PerDomain, Scalar, Tensor, Tensor2D, Tensor4D } from '@munit/core';
import type { GanType } from '../terms/adversarial.js';

/** A loss and the named terms that it is the weighted sum of. */
export interface Loss<Name extends string> {
  readonly total: Scalar;
  /** By the published names (`loss_gen_recon_x_a`), before weighting. A term whose weight is 0 and that costs a network's pass is absent. */
  readonly terms: Readonly<Partial<Record<Name, Scalar>>>;
}

/** Per scale, the discriminator's scores. */
export type Scores = readonly Tensor[];

/** The discriminators' judgement of translations and of real images: `a` by the discriminator of a. */
export interface DiscriminatorOutputs {
  /** a: of x_ba, b: of x_ab. */
  readonly fakes: PerDomain<Scores>;
  readonly reals: PerDomain<Scores>;
}

/** VGG features of translations and of the images that they came from. */
export interface PerceptualOutputs {
  /** a: of x_ba, b: of x_ab. */
  readonly translations: PerDomain<Tensor4D>;
  /** a: of x_b (the source of x_ba), b: of x_a. */
  readonly sources: PerDomain<Tensor4D>;
}

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
  /** x_aba, x_bab: needed where `recon_x_cyc_w` is above 0. */
  readonly cycles?: PerDomain<Tensor4D> | undefined;
  /** Needed where `vgg_w` is above 0. */
  readonly features?: PerceptualOutputs | undefined;
}

export interface UnitGeneratorOutputs {
  /** x_a, x_b */
  readonly images: PerDomain<Tensor4D>;
  /** Each image decoded from its own code with noise. */
  readonly reconstructions: PerDomain<Tensor4D>;
  /** h_a, h_b: the codes' means, of the images. */
  readonly codes: PerDomain<Tensor4D>;
  /** a: of x_ab, which carries a's code; b: of x_ba. */
  readonly recoveredCodes: PerDomain<Tensor4D>;
  /** a: the discriminator of a on x_ba; b: that of b on x_ab. */
  readonly scores: PerDomain<Scores>;
  /** x_aba, x_bab: needed where `recon_x_cyc_w` is above 0. */
  readonly cycles?: PerDomain<Tensor4D> | undefined;
  /** Needed where `vgg_w` is above 0. */
  readonly features?: PerceptualOutputs | undefined;
}

/** Weights by their published names. */
export interface DiscriminatorWeights {
  readonly gan_w: number;
}

export interface MunitWeights extends DiscriminatorWeights {
  readonly recon_x_w: number;
  readonly recon_s_w: number;
  readonly recon_c_w: number;
  readonly recon_x_cyc_w: number;
  readonly vgg_w: number;
}

export interface UnitWeights extends DiscriminatorWeights {
  readonly recon_x_w: number;
  readonly recon_kl_w: number;
  readonly recon_x_cyc_w: number;
  readonly recon_kl_cyc_w: number;
  readonly vgg_w: number;
}

/** How the terms become a loss. */
export interface LossOptions<Weights> {
  readonly gan: GanType;
  readonly weights: Weights;
}
