/** From a configuration's names to architectures: of `@munit/layers` per domain, and of `@munit/formats` for both. */
import { type Domain, type PerDomain, perDomain } from '@munit/core';
import type { DiscriminatorsArchitecture, MunitArchitecture } from '@munit/formats';
import type { DiscriminatorArchitecture, GeneratorArchitecture } from '@munit/layers';
import type { TrainingConfig } from './schema.js';

type Architectures = Pick<TrainingConfig, 'gen' | 'dis' | 'input_dim_a' | 'input_dim_b'>;

const channels = (config: Architectures): PerDomain<number> => perDomain((domain: Domain) => config[`input_dim_${domain}`]);

/** Both generators of a configuration, all options of MUNIT; UNIT has no use for the style's. */
export function munitArchitecture(config: Architectures): MunitArchitecture {
  const { gen } = config;
  return {
    method: 'munit',
    inputDim: channels(config),
    dim: gen.dim,
    mlpDim: gen.mlp_dim,
    styleDim: gen.style_dim,
    nDownsample: gen.n_downsample,
    nRes: gen.n_res,
    activation: gen.activ,
    padMode: gen.pad_type,
    // Left out where they are as published, so that such models are described as ever.
    ...(gen.up_norm === 'ln' ? {} : { upNorm: gen.up_norm }),
    ...(gen.pre_act ? { preActivation: true } : {}),
    ...(gen.blur_down ? { blurDown: true } : {}),
    ...(gen.output === 'tanh' ? {} : { output: gen.output }),
  };
}

/** Both discriminators of a configuration. */
export function discriminatorsArchitecture(config: Architectures): DiscriminatorsArchitecture {
  const { dis } = config;
  return {
    inputDim: channels(config),
    dim: dis.dim,
    nLayer: dis.n_layer,
    numScales: dis.num_scales,
    norm: dis.norm,
    activation: dis.activ,
    padMode: dis.pad_type,
    ...(dis.global ? { global: true } : {}),
  };
}

/** Each domain's networks of a configuration. */
export interface DomainArchitectures {
  /** Of the generators. */
  readonly gen: PerDomain<GeneratorArchitecture>;
  /** Of the discriminators. */
  readonly dis: PerDomain<DiscriminatorArchitecture>;
}

/** The architectures of a configuration's networks, for each domain. */
export function architecturesOf(config: Architectures): DomainArchitectures {
  const { method: _, ...gen } = munitArchitecture(config);
  const dis = discriminatorsArchitecture(config);
  // A model has weights that are divided already.
  const spectral = config.gen.spectral_norm ? { spectralNorm: true } : {};
  return {
    gen: perDomain((domain) => ({ ...gen, ...spectral, inputDim: gen.inputDim[domain] })),
    dis: perDomain((domain) => ({ ...dis, inputDim: dis.inputDim[domain] })),
  };
}
