import { ConfigError, type Device, openDevice, Rng, type Tensor4D, tensor, tidy } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetworks } from '../methods/create.js';
import type { MunitNetworks } from '../methods/munit/networks.js';
import { resolveConfig } from './resolve.js';
import type { TrainingConfigInput } from './schema.js';

const errorOf = (given: TrainingConfigInput): ConfigError => {
  try {
    resolveConfig(given);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).remedy?.text).toMatch(/^[A-Z].*\.$/s);
    return error as ConfigError;
  }
  return expect.fail('was accepted');
};
const crop = (height: number, width = height): TrainingConfigInput => ({ crop_image_height: height, crop_image_width: width });
const shallow = { n_layer: 1, num_scales: 1 } as const;

describe('options of one trainer', () => {
  it.each([
    [{ trainer: 'UNIT', mode_seeking_w: 1 }, "'mode_seeking_w' is 1, but UNIT has no such term"],
    [{ trainer: 'CycleGAN', consistency_w: 10 }, "'consistency_w' is 10, but CycleGAN has no such term"],
    [{ trainer: 'CycleGAN', r1_w: 2 }, "'r1_w' is 2, but CycleGAN has no such term"],
    [{ trainer: 'UNIT', gen: { up_norm: 'adain' } }, "'gen.output' and 'gen.spectral_norm' are options of MUNIT, but UNIT is trained"],
    [{ trainer: 'CycleGAN', gen: { pre_act: true } }, "'gen.output' and 'gen.spectral_norm' are options of MUNIT, but CycleGAN is trained"],
    [{ trainer: 'UNIT', gen: { output: 'clamp' } }, "'gen.output' and 'gen.spectral_norm' are options of MUNIT, but UNIT is trained"],
    [{ trainer: 'UNIT', gen: { spectral_norm: true } }, "'gen.output' and 'gen.spectral_norm' are options of MUNIT, but UNIT is trained"],
    [{ trainer: 'CycleGAN', dis: { global: true } }, "'dis.global' is an option of MUNIT and UNIT, but CycleGAN is trained"],
    [{ dis: { global: true, norm: 'in' } }, "'dis.norm' is in, but a discriminator with 'dis.global' has spectral norm or none"],
  ] as const)('are refused for others: %j', (given, problem) => {
    expect(errorOf(given).message).toContain(problem);
    expect(resolveConfig({ r1_w: 2, mode_seeking_w: 1, gen: { up_norm: 'adain', pre_act: true } }).r1_every).toBe(16);
  });
});

describe('a crop', () => {
  it.each(['MUNIT', 'UNIT'] as const)('must be a multiple of 2^n_downsample, for %s', (trainer) => {
    const { message } = errorOf({ trainer, ...crop(30), dis: shallow });
    expect(message).toMatch(/'crop_image_height' is 30, but it must be a multiple of 4.*'crop_image_width' is 30/);
    expect(message).toMatch(/28 or 32/);
    expect(errorOf({ trainer, ...crop(32, 33), dis: shallow }).message).toMatch(/'crop_image_width' is 33/);
    expect(errorOf({ trainer, ...crop(64), gen: { n_downsample: 1000 } }).message).toMatch(/gen\.n_downsample/);
    expect(resolveConfig({ trainer, ...crop(30), gen: { n_downsample: 1 }, dis: shallow }).crop_image_height).toBe(30);
  });

  it('must be large enough for the discriminators', () => {
    const { message } = errorOf({ synthetic_count: 1000, max_iter: 500, ...crop(32) });
    expect(message).toMatch(/32×32 is too small for the discriminators: at scale 3, a reflect padding of 1 meets a map of 1×1/);
    expect(message).toMatch(/at least 64 .*dis\.num_scales or dis\.n_layer/);
    expect(resolveConfig(crop(64)).crop_image_height).toBe(64);
    for (const dis of [{ num_scales: 1e9 }, { n_layer: 1e9 }]) expect(errorOf({ ...crop(256), dis }).message).toMatch(/too small for the discriminators/);
  });

  it('must be large enough for the generators', () => {
    expect(errorOf({ ...crop(8), dis: shallow }).message).toMatch(/8×8 is too small for the generators/);
    expect(resolveConfig({ ...crop(8), trainer: 'UNIT', dis: shallow }).crop_image_height).toBe(8);
    expect(errorOf({ ...crop(256), gen: { n_downsample: 8 }, dis: shallow }).message).toMatch(/too small for the generators/);
    expect(errorOf({ gen: { n_res: 0 } }).message).toMatch(/'gen\.n_res' is 0/);
  });

  it('must not be larger than the images are made', () => {
    expect(errorOf({ new_size: 128 }).message).toMatch(/'new_size' is 128, but the crop is 256×256/);
    expect(errorOf({ new_size_b: 128 }).message).toMatch(/'new_size_b' is 128/);
    expect(resolveConfig({ new_size: 128, new_size_a: 256, new_size_b: 256 }).new_size).toBe(128);
    // A wide image may be large enough.
    expect(resolveConfig({ new_size: 256, ...crop(256, 512) }).crop_image_width).toBe(512);
    expect(resolveConfig({ new_size: 128, synthetic_count: 4 }).new_size).toBe(128);
  });
});

describe('what is accepted and refused is what the networks take and refuse', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('cpu');
  });
  afterAll(() => device.dispose());

  const gens = [{ n_downsample: 0 }, { n_downsample: 2, pad_type: 'zero' }, { n_downsample: 3 }] as const;
  const discriminators = [{ n_layer: 1, num_scales: 3 }, { n_layer: 2, num_scales: 2, pad_type: 'zero' }, { n_layer: 3, num_scales: 1, norm: 'in' }, { n_layer: 3, num_scales: 2, norm: 'ln' }] as const;
  it.each(['MUNIT', 'UNIT'] as const)('%s', (trainer) => {
    let [taken, refused] = [0, 0];
    for (const gen of gens) {
      for (const dis of discriminators) {
        for (const size of [2, 4, 8, 16, 24, 32]) {
          const given = { trainer, ...crop(size), input_dim_a: 1, input_dim_b: 1, gen: { dim: 1, mlp_dim: 1, style_dim: 1, n_res: 1, ...gen }, dis: { dim: 1, ...dis } } as const;
          const accepted = ((): boolean => {
            try {
              return resolveConfig(given) !== undefined;
            } catch {
              return false;
            }
          })();
          expect(accepted, JSON.stringify(given)).toBe(goesThrough({ ...resolveConfig({ ...given, ...crop(256) }), ...crop(size) } as ReturnType<typeof resolveConfig>));
          if (accepted) taken++;
          else refused++;
        }
      }
    }
    expect(Math.min(taken, refused)).toBeGreaterThan(10);
  });

  /** Whether the networks, run on an image of the crop's size, give one of the same size and scores. */
  function goesThrough(config: ReturnType<typeof resolveConfig>): boolean {
    const networks = createNetworks(config) as unknown as MunitNetworks;
    const { gen, dis } = networks.init(new Rng(1));
    const size = config.crop_image_height;
    try {
      return tidy(() => {
        const x = tensor(new Float32Array(size * size).fill(0.5), [1, size, size, 1]) as Tensor4D;
        const style = networks.styles?.encode(gen, 'a', x);
        const y = networks.decode(gen, 'a', networks.encodeContent(gen, 'a', x), style);
        networks.discriminators.a.apply(dis.a, x);
        return y.shape.join() === x.shape.join();
      });
    } catch {
      return false;
    }
  }
});
