/** From a configuration's names to the architectures of CycleGAN's and BicycleGAN's networks. */
import { type Domain, perDomain, type PerDomain } from '@munit/core';
import type { BicycleGanArchitecture, CycleGanArchitecture } from '@munit/formats';
import type { PatchDiscriminatorArchitecture, PatchNorm } from '@munit/layers';
import type { TrainingConfig } from './schema.js';

/** The number in a published network's name, as halvings of an image of that side: 7 of `unet_128`. */
const halvings = (name: string): number => Math.log2(Number(/_(\d+)/.exec(name)?.[1] ?? 1));

const translator = ({ gen, netG, input_dim_a, input_dim_b, where_add, use_dropout }: TrainingConfig) =>
  ({
    inputDim: { a: input_dim_a, b: input_dim_b },
    dim: gen.dim,
    nDownsample: netG === 'resnet' ? gen.n_downsample : halvings(netG),
    nRes: netG === 'resnet' ? gen.n_res : 0,
    padMode: gen.pad_type,
    norm: gen.norm,
    styleDim: gen.style_dim,
    whereAdd: where_add,
    dropout: use_dropout,
  }) as const;

/** CycleGAN's generators. */
export function cycleGanArchitecture(config: TrainingConfig): CycleGanArchitecture {
  return { method: 'cyclegan', directions: 'both', ...translator(config), activation: 'relu', generator: config.netG === 'resnet' ? 'resnet' : 'unet' };
}

/** BicycleGAN's generator and style encoder. */
export function bicycleGanArchitecture(config: TrainingConfig): BicycleGanArchitecture {
  const { netE, nef, upsample, gen } = config;
  return {
    method: 'bicyclegan',
    directions: 'a-to-b',
    ...translator(config),
    activation: gen.activ === 'lrelu' ? 'lrelu' : 'relu',
    upsampling: upsample,
    encoder: netE.startsWith('conv') ? 'conv' : 'resnet',
    encoderDim: nef,
    encoderDownsample: Math.max(1, halvings(netE) - 3),
  };
}

/** CycleGAN's discriminators. */
export function cycleGanDiscriminators({ dis, netD, input_dim_a, input_dim_b }: TrainingConfig): PerDomain<PatchDiscriminatorArchitecture> {
  const channels: PerDomain<number> = { a: input_dim_a, b: input_dim_b };
  return perDomain((domain: Domain) => ({
    inputDim: channels[domain],
    dim: dis.dim,
    nLayer: netD === 'n_layers' ? dis.n_layer : 3,
    numScales: dis.num_scales,
    norm: dis.norm as PatchNorm,
    kind: netD === 'pixel' ? 'pixel' : 'patch',
  }));
}

/** Images of a side of 128 are judged by two halving layers, of 256 by three. */
function bicycleGanDiscriminator({ dis, conditional_D, input_dim_a, input_dim_b }: TrainingConfig, name: string): PatchDiscriminatorArchitecture {
  return {
    inputDim: input_dim_b + (conditional_D ? input_dim_a : 0),
    dim: dis.dim,
    nLayer: Math.max(1, halvings(name) - 5),
    numScales: name.endsWith('_multi') ? dis.num_scales : 1,
    norm: dis.norm as PatchNorm,
    kind: 'patch',
  };
}

/** BicycleGAN's discriminators: D, and D2 unless one serves both. */
export function bicycleGanDiscriminators(config: TrainingConfig): { readonly D: PatchDiscriminatorArchitecture; readonly D2?: PatchDiscriminatorArchitecture } {
  const D = bicycleGanDiscriminator(config, config.netD);
  return config.use_same_D ? { D } : { D, D2: bicycleGanDiscriminator(config, config.netD2 ?? config.netD) };
}
