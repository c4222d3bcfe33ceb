/** What the shapes of a checkpoint tell about its pair of networks. */
import type { Domain, OptionNames, PerDomain } from '@munit/core';
import {
  type DiscriminatorArchitecture,
  type GeneratorArchitecture,
  type MultiScaleDiscriminator,
  multiScaleDiscriminator,
  type PatchNorm,
  type Upsampling,
  type WhereAdd,
} from '@munit/layers';

type Both<T extends { readonly inputDim: number }> = Omit<T, 'inputDim'> & {
  /** Channels of each domain's images (`input_dim_a`, `input_dim_b`). */
  readonly inputDim: PerDomain<number>;
};

/** Both generators of MUNIT. Activation (but for prelu) and padding are not visible in weights: as given, or the published default. */
export type MunitArchitecture = { readonly method: 'munit' } & Both<Omit<GeneratorArchitecture, 'spectralNorm'>>;

/** Both generators of UNIT. */
export type UnitArchitecture = { readonly method: 'unit' } & Both<Omit<GeneratorArchitecture, 'mlpDim' | 'styleDim' | 'upNorm' | 'preActivation' | 'blurDown' | 'output' | 'spectralNorm'>>;

/** Which translations a model has. */
export type Directions = 'both' | 'a-to-b';

/** What all generators in one piece have: an image, and where there are styles a style code, as an image of the other domain. */
interface TranslatorArchitecture {
  /** Which generators there are. */
  readonly directions: Directions;
  /** Channels of each domain's images. */
  readonly inputDim: PerDomain<number>;
  /** Channels of the first layer (`ngf`). */
  readonly dim: number;
  /** Halvings of the image. */
  readonly nDownsample: number;
  /** Residual blocks (`n_blocks`); 0 of a U-Net. */
  readonly nRes: number;
  /** Of the generator (`nl`). */
  readonly activation: 'relu' | 'lrelu';
  /** How the residual blocks' borders are filled. */
  readonly padMode: GeneratorArchitecture['padMode'];
  /** Of the generator. */
  readonly norm: PatchNorm;
  /** Length of the style code (`nz`); 0 for none. */
  readonly styleDim: number;
  /** Where the style enters (`where_add`). */
  readonly whereAdd: WhereAdd;
  /** Whether it was trained with dropout (`use_dropout`), which gives some layers other names. */
  readonly dropout: boolean;
}

/** CycleGAN's generators; with a `styleDim` above 0, those of CycleGAN with noise. */
export interface CycleGanArchitecture extends TranslatorArchitecture {
  readonly method: 'cyclegan';
  /** `netG`: the residual generator, or a U-Net. */
  readonly generator: 'resnet' | 'unet';
}

/** BicycleGAN's generator of b from a, a U-Net, and its style encoder of b. */
export interface BicycleGanArchitecture extends TranslatorArchitecture {
  readonly method: 'bicyclegan';
  /** How maps are doubled (`upsample`). */
  readonly upsampling: Upsampling;
  /** `netE`; `none` for a generator by itself, whose examples cannot be encoded. */
  readonly encoder: 'resnet' | 'conv' | 'none';
  /** Channels of the encoder's first layer (`nef`). */
  readonly encoderDim: number;
  /** Halvings of the image in the encoder. */
  readonly encoderDownsample: number;
}

/** Both generators of a model; `method` names their kind. */
export type GeneratorsArchitecture = MunitArchitecture | UnitArchitecture | CycleGanArchitecture | BicycleGanArchitecture;

/** Both discriminators. Instance norm has no weights, so that it looks like none: as given, or `none`. */
export type DiscriminatorsArchitecture = Both<DiscriminatorArchitecture>;

/** What weights cannot tell, from the run's configuration. */
export type ArchitectureHints = Partial<Pick<DiscriminatorArchitecture, 'activation' | 'padMode' | 'norm'>>;

/** Names of the hints, by which others are refused. */
export const hintNames: OptionNames<ArchitectureHints> = { activation: true, padMode: true, norm: true };

/** One domain's discriminator, as a layer. @throws ArgumentError when the architecture is not possible */
export function discriminatorLayer(architecture: DiscriminatorsArchitecture, domain: Domain): MultiScaleDiscriminator {
  return multiScaleDiscriminator({ ...architecture, inputDim: architecture.inputDim[domain] });
}
