/** What the shapes of a checkpoint tell about its pair of networks. */
import type { Domain, PerDomain } from '@munit/core';
import { type DiscriminatorArchitecture, type GeneratorArchitecture, type MultiScaleDiscriminator, multiScaleDiscriminator } from '@munit/layers';

type Both<T extends { readonly inputDim: number }> = Omit<T, 'inputDim'> & {
  /** Channels of each domain's images (`input_dim_a`, `input_dim_b`). */
  readonly inputDim: PerDomain<number>;
};

/** Both generators of MUNIT. Activation (but for prelu) and padding are not visible in weights: as given, or the published default. */
export type MunitArchitecture = { readonly method: 'munit' } & Both<GeneratorArchitecture>;

/** Both generators of UNIT. */
export type UnitArchitecture = { readonly method: 'unit' } & Both<Omit<GeneratorArchitecture, 'mlpDim' | 'styleDim'>>;

/** Both generators of a model; `method` names their kind. */
export type GeneratorsArchitecture = MunitArchitecture | UnitArchitecture;

/** Both discriminators. Instance norm has no weights, so that it looks like none: as given, or `none`. */
export type DiscriminatorsArchitecture = Both<DiscriminatorArchitecture>;

/** What weights cannot tell, from the run's configuration. */
export type ArchitectureHints = Partial<Pick<DiscriminatorArchitecture, 'activation' | 'padMode' | 'norm'>>;

/** One domain's discriminator, as a layer. @throws ArgumentError when the architecture is not possible */
export function discriminatorLayer(architecture: DiscriminatorsArchitecture, domain: Domain): MultiScaleDiscriminator {
  return multiScaleDiscriminator({ ...architecture, inputDim: architecture.inputDim[domain] });
}
