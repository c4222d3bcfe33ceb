/** From a configuration's names to the architectures of `@munit/layers`. */
import type { PerDomain } from '@munit/core';
import type { DiscriminatorArchitecture, GeneratorArchitecture } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';

export function generatorArchitectures({ gen, input_dim_a: a, input_dim_b: b }: TrainingConfig): PerDomain<GeneratorArchitecture> {
  const of = (inputDim: number): GeneratorArchitecture => ({
    inputDim,
    dim: gen.dim,
    mlpDim: gen.mlp_dim,
    styleDim: gen.style_dim,
    nDownsample: gen.n_downsample,
    nRes: gen.n_res,
    activation: gen.activ,
    padMode: gen.pad_type,
  });
  return { a: of(a), b: of(b) };
}

export function discriminatorArchitectures({ dis, input_dim_a: a, input_dim_b: b }: TrainingConfig): PerDomain<DiscriminatorArchitecture> {
  const of = (inputDim: number): DiscriminatorArchitecture => ({
    inputDim,
    dim: dis.dim,
    nLayer: dis.n_layer,
    numScales: dis.num_scales,
    norm: dis.norm,
    activation: dis.activ,
    padMode: dis.pad_type,
  });
  return { a: of(a), b: of(b) };
}
