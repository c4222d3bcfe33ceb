/** What a generator or discriminator is made of: the published `gen` and `dis` options by our names. */
import { checkInteger, checkKeys, checkOneOf, type PadMode } from '@munit/core';
import { type LayerActivation, layerActivations, type Norm, padModes } from '../names.js';

/** MUNIT's generator. */
export interface GeneratorArchitecture {
  /** Channels of the images. */
  readonly inputDim: number;
  /** Channels of the first layer (`dim`). */
  readonly dim: number;
  /** Features of the style MLP (`mlp_dim`). */
  readonly mlpDim: number;
  /** Length of the style code (`style_dim`). */
  readonly styleDim: number;
  /** Halvings of the image in the content encoder (`n_downsample`). */
  readonly nDownsample: number;
  /** Residual blocks in the content encoder and in the decoder (`n_res`). */
  readonly nRes: number;
  /** `activ` */
  readonly activation: LayerActivation;
  /** `pad_type` */
  readonly padMode: PadMode;
  /**
   * Norm of the up-sampling blocks: MUNIT's layer norm, the default, or AdaIN, so that the style reaches them too (imaginaire's MUNIT; `up_norm`).
   */
  readonly upNorm?: UpNorm | undefined;
  /** Whether residual blocks are norm, activation, convolution (He et al. 2016, "Identity Mappings"; `pre_act`). Default false: convolution first. */
  readonly preActivation?: boolean | undefined;
  /** Whether the encoders halve without aliases (Zhang 2019, "Making Convolutional Networks Shift-Invariant Again"; `blur_down`). Default false. */
  readonly blurDown?: boolean | undefined;
  /**
   * What keeps images in [−1, 1]: tanh, the default, or nothing in training, with the values clamped wherever an image is shown, measured or exported
   * (imaginaire's MUNIT; `output`).
   */
  readonly output?: ImageOutput | undefined;
  /**
   * Whether the weights of all convolutions, of encoders and decoder, are divided by their spectral norm (Miyato et al. 2018; in generators Zhang et
   * al. 2019, "Self-Attention GANs"; not of the MLP, as in imaginaire; `spectral_norm`). Default false.
   */
  readonly spectralNorm?: boolean | undefined;
}

/** How images end. */
export type ImageOutput = 'tanh' | 'clamp';
/** All of them. */
export const imageOutputs = ['tanh', 'clamp'] as const satisfies readonly ImageOutput[];

/** Norms of the up-sampling blocks. */
export type UpNorm = 'ln' | 'adain';
/** All of them. */
export const upNorms = ['ln', 'adain'] as const satisfies readonly UpNorm[];

/** UNIT has no style: `mlpDim` and `styleDim`, where given, are not used. */
export type UnitGeneratorArchitecture = Omit<GeneratorArchitecture, 'mlpDim' | 'styleDim' | 'upNorm' | 'preActivation' | 'blurDown' | 'output' | 'spectralNorm'> &
  Partial<Pick<GeneratorArchitecture, 'mlpDim' | 'styleDim'>>;

/** The multi-scale discriminator. */
export interface DiscriminatorArchitecture {
  /** Channels of the images. */
  readonly inputDim: number;
  /** Channels of the first layer; each further layer doubles them (`dim`). */
  readonly dim: number;
  /** 4×4 layers at stride 2 per scale (`n_layer`). */
  readonly nLayer: number;
  /** Images, each half as large as the one before, that are discriminated (`num_scales`). */
  readonly numScales: number;
  /** Of all layers but the first (`norm`). */
  readonly norm: Exclude<Norm, 'adain'>;
  /** `activ` */
  readonly activation: LayerActivation;
  /** `pad_type` */
  readonly padMode: PadMode;
  /**
   * Whether a residual network with one score for the whole image stands beside the patches' ones (imaginaire's MUNIT; `global`). Its norm is `sn` or
   * none. Default false.
   */
  readonly global?: boolean | undefined;
}

/** @throws ArgumentError for an unknown option or one out of range */
export function checkGenerator(where: 'munitGenerator' | 'unitGenerator', arch: GeneratorArchitecture | UnitGeneratorArchitecture): void {
  const styled = where === 'munitGenerator';
  const improved = styled ? ['upNorm', 'preActivation', 'blurDown', 'output', 'spectralNorm'] : [];
  checkKeys(where, arch, ['inputDim', 'dim', 'mlpDim', 'styleDim', 'nDownsample', 'nRes', 'activation', 'padMode', ...improved]);
  checkInteger(where, 'inputDim', arch.inputDim, 1);
  checkInteger(where, 'dim', arch.dim, 1);
  checkInteger(where, 'nDownsample', arch.nDownsample, 0);
  // Without residual blocks MUNIT's decoder would have no place for a style.
  checkInteger(where, 'nRes', arch.nRes, styled ? 1 : 0);
  if (styled) {
    checkInteger(where, 'mlpDim', arch.mlpDim as number, 1);
    checkInteger(where, 'styleDim', arch.styleDim as number, 1);
  }
  checkOneOf(where, 'activation', arch.activation, layerActivations);
  checkOneOf(where, 'padMode', arch.padMode, padModes);
}

/** @throws ArgumentError for an unknown option or one out of range */
export function checkDiscriminator(arch: DiscriminatorArchitecture): void {
  const where = 'multiScaleDiscriminator';
  checkKeys(where, arch, ['inputDim', 'dim', 'nLayer', 'numScales', 'norm', 'activation', 'padMode', 'global']);
  for (const name of ['inputDim', 'dim', 'nLayer', 'numScales'] as const) checkInteger(where, name, arch[name], 1);
  // An instance norm would take from the one score what tells whole images apart, their means; the others would mix it with the batch or the layout.
  checkOneOf(where, 'norm', arch.norm, arch.global === true ? ['none', 'sn'] : ['none', 'in', 'bn', 'ln', 'sn']);
  checkOneOf(where, 'activation', arch.activation, layerActivations);
  checkOneOf(where, 'padMode', arch.padMode, padModes);
}

/** What the sizes of images have to do with a generator. */
export interface GeneratorSizes {
  /** The output's height and width are the input's rounded down to a multiple of this: 2^nDownsample. */
  readonly sizeMultiple: number;
  /** The smallest height and width that every part of the generator takes. */
  readonly minimumSize: number;
}

/** Downsamplings of MUNIT's style encoder, whatever those of the content encoder are (`networks.py`, `AdaINGen`). */
export const styleDownsamplings = 4;

/**
 * Instance norm and a reflecting 3×3 need 2×2 at the deepest level, a 4×4 at stride 2 with padding 1 takes 2×2 or more,
 * and a reflecting 7×7 needs 4×4.
 */
export function generatorSizes({ nDownsample }: { readonly nDownsample: number }, styled: boolean): GeneratorSizes {
  const content = 2 ** (nDownsample + 1);
  return { sizeMultiple: 2 ** nDownsample, minimumSize: Math.max(4, content, styled ? 2 ** styleDownsamplings : 0) };
}
