/** What the shapes of a checkpoint tell about its networks, in the words of the published YAML files. */

export interface PerDomain<T> {
  readonly a: T;
  readonly b: T;
}

export type Activation = 'relu' | 'lrelu' | 'prelu' | 'selu' | 'tanh' | 'none';
export type Padding = 'reflect' | 'replicate' | 'zero';
export type DiscriminatorNorm = 'none' | 'in' | 'bn' | 'ln' | 'sn';

interface CommonGenerator {
  /** Channels of each domain's images (`input_dim_a`, `input_dim_b`). */
  readonly inputDim: PerDomain<number>;
  /** Channels of the first layer (`gen.dim`). */
  readonly dim: number;
  readonly nDownsample: number;
  readonly nRes: number;
  /** Not visible in weights (but for prelu): as given, or the published default. */
  readonly activ: Activation;
  readonly padType: Padding;
}

export interface MunitArchitecture extends CommonGenerator {
  readonly method: 'munit';
  readonly styleDim: number;
  readonly mlpDim: number;
}

export interface UnitArchitecture extends CommonGenerator {
  readonly method: 'unit';
}

export type GeneratorArchitecture = MunitArchitecture | UnitArchitecture;

export interface DiscriminatorArchitecture {
  readonly inputDim: PerDomain<number>;
  readonly dim: number;
  readonly nLayer: number;
  readonly numScales: number;
  /** Instance norm has no weights, so that it looks like none: as given, or `none`. */
  readonly norm: DiscriminatorNorm;
  readonly activ: Activation;
  readonly padType: Padding;
}

/** What weights cannot tell, from the run's configuration. */
export interface ArchitectureHints {
  readonly activ?: Activation;
  readonly padType?: Padding;
  readonly norm?: DiscriminatorNorm;
}

/** Channels of the content code: those of the first layer, doubled at each downsampling. */
export function contentChannels(architecture: { readonly dim: number; readonly nDownsample: number }): number {
  return architecture.dim * 2 ** architecture.nDownsample;
}
