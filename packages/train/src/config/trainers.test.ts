import { describe, expect, it } from 'vitest';
import { ConfigError } from '@munit/core';
import { learningRates } from '../optimizer/schedule.js';
import { presetNames, presets } from './presets.js';
import { parseConfig, resolveConfig } from './resolve.js';
import type { TrainingConfigInput } from './schema.js';

describe('CycleGAN', () => {
  it('has its published defaults', () => {
    const config = resolveConfig({ trainer: 'CycleGAN' });
    expect(config).toMatchObject({ lr: 2e-4, beta1: 0.5, beta2: 0.999, weight_decay: 0, lr_policy: 'linear', n_epochs: 100, n_epochs_decay: 100, init: 'gaussian', init_gain: 0.02 });
    expect(config).toMatchObject({ netG: 'resnet', netD: 'n_layers', lambda_A: 10, lambda_B: 10, lambda_identity: 0.5, pool_size: 50, use_dropout: false, batch_size: 1 });
    expect(config.gen).toMatchObject({ dim: 64, n_res: 9, style_dim: 0, norm: 'in' });
    expect(config.dis).toMatchObject({ dim: 64, n_layer: 3, num_scales: 1, norm: 'in', gan_type: 'lsgan' });
  });

  it('reads the published names', () => {
    const config = parseConfig(
      'trainer: CycleGAN\nngf: 32\nndf: 16\nnetG: resnet_6blocks\nn_layers_D: 2\ngan_mode: vanilla\nnorm: none\ninit_type: xavier\ninput_nc: 1\noutput_nc: 1\nload_size: 143\ncrop_size: 128\nniter: 5\nniter_decay: 7\nno_dropout: false\nno_flip: true\n',
    );
    expect(config.gen).toMatchObject({ dim: 32, n_res: 6, norm: 'none' });
    expect(config.dis).toMatchObject({ dim: 16, n_layer: 2, gan_type: 'nsgan', norm: 'none' });
    expect(config).toMatchObject({ netG: 'resnet', init: 'xavier', input_dim_a: 1, input_dim_b: 1, new_size: 143, crop_image_height: 128, crop_image_width: 128, n_epochs: 5, n_epochs_decay: 7, use_dropout: true, mirror: false });
  });

  it('refuses one option under two names, and the published names for other trainers', () => {
    expect(() => resolveConfig({ trainer: 'CycleGAN', ngf: 8, gen: { dim: 8 } } as TrainingConfigInput)).toThrow(/'ngf' and 'gen\.dim' are the same option/);
    expect(() => resolveConfig({ ngf: 8 } as TrainingConfigInput)).toThrow(/unknown option 'ngf'/);
  });

  it.each([
    [{ dis: { norm: 'bn' } }, /'dis\.norm' is bn, but CycleGAN's discriminators take 'in' or 'none'/],
    [{ vgg_w: 1 }, /'vgg_w' is 1, but CycleGAN has no perceptual term/],
    [{ input_dim_a: 1 }, /'lambda_identity' is 0\.5, but the domains have 1 and 3 channels/],
    [{ netD: 'basic_128' }, /'netD' is basic_128, which is BicycleGAN's/],
    [{ without: ['style'] }, /'without' leaves out reconstruction terms of MUNIT, but the trainer is CycleGAN/],
    [{ netG: 'unet_256', crop_image_height: 128 }, /'crop_image_height' is 128, but it must be a multiple of 256 \(netG: unet_256\)/],
    [{ netG: 'unet_64', crop_image_height: 96 }, /'crop_image_height' is 96.*multiple of 64/],
    [{ crop_image_height: 16, crop_image_width: 16 }, /16×16 is too small for the discriminators/],
  ] as const satisfies readonly (readonly [TrainingConfigInput, RegExp])[])('refuses %j by name', (given, message) => {
    expect(() => resolveConfig({ trainer: 'CycleGAN', ...given })).toThrow(message);
    expect(() => resolveConfig({ trainer: 'CycleGAN', ...given })).toThrow(ConfigError);
  });
});

describe('BicycleGAN', () => {
  it('has its published defaults', () => {
    const config = resolveConfig({ trainer: 'BicycleGAN' });
    expect(config).toMatchObject({ lr: 2e-4, batch_size: 2, netG: 'unet_256', netD: 'basic_256_multi', netE: 'resnet_256', nef: 64, where_add: 'all', upsample: 'basic', init: 'xavier', init_gain: 0.02 });
    expect(config).toMatchObject({ lambda_L1: 10, lambda_GAN: 1, lambda_GAN2: 1, lambda_z: 0.5, lambda_kl: 0.01, conditional_D: false, use_same_D: false });
    expect(config.gen).toMatchObject({ style_dim: 8 });
    expect(config.dis).toMatchObject({ num_scales: 2 });
  });

  it.each([
    [{ batch_size: 3 }, /'batch_size' is 3, but BicycleGAN encodes one half/],
    [{ netG: 'resnet' }, /'netG' is resnet, but BicycleGAN's generator is a U-Net/],
    [{ netD: 'pixel' }, /'netD' is pixel, which is CycleGAN's/],
    [{ gen: { style_dim: 0 } }, /'gen\.style_dim' is 0, but BicycleGAN has styles/],
    [{ gen: { activ: 'selu' } }, /'gen\.activ' is selu/],
    [{ lambda_GAN: 0, lambda_GAN2: 0 }, /the discriminators have nothing to train by/],
    [{ diff_augment: ['color'] }, /'diff_augment' is not an option of BicycleGAN/],
  ] as const satisfies readonly (readonly [TrainingConfigInput, RegExp])[])('refuses %j by name', (given, message) => {
    expect(() => resolveConfig({ trainer: 'BicycleGAN', ...given })).toThrow(message);
  });
});

describe("MUNIT's ablations", () => {
  it('are named, and may not leave out everything', () => {
    expect(resolveConfig({ without: ['image', 'style'] }).without).toEqual(['image', 'style']);
    expect(() => resolveConfig({ without: ['images' as never] })).toThrow(/'without\.0' is "images"/);
    expect(() => resolveConfig({ without: ['image', 'content', 'style'], gan_w: 0 })).toThrow(/'without' leaves nothing to train by/);
  });
});

it('every preset resolves, the ones of a method to that method', () => {
  for (const name of presetNames) {
    const { trainer = 'MUNIT' } = presets[name] as TrainingConfigInput;
    expect(resolveConfig({}, name).trainer).toBe(trainer);
  }
  expect(resolveConfig({}, 'cyclegan')).toMatchObject({ trainer: 'CycleGAN', new_size: 286 });
  expect(resolveConfig({}, 'bicyclegan')).toMatchObject({ trainer: 'BicycleGAN', new_size: 286 });
});

it('a rate that falls by epochs is the published one: full for 100, then down by 1/101 an epoch', () => {
  const config = resolveConfig({ trainer: 'CycleGAN', max_iter: 2000 });
  // Ten updates an epoch.
  const factorIn = (epoch: number): number => learningRates(10 * (epoch - 1), config).gen / 2e-4;
  for (const [epoch, factor] of [[1, 1], [100, 1], [101, 1 - 1 / 101], [150, 1 - 50 / 101], [200, 1 - 100 / 101]] as const) expect(factorIn(epoch)).toBeCloseTo(factor, 12);
  expect(learningRates(1999, config).gen / 2e-4).toBeCloseTo(1 / 101, 12);
});
