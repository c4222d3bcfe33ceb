import { ConfigError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { parseConfig, resolveConfig } from './resolve.js';

/** The keys and values of the published `edges2handbags_folder.yaml`, in its form. */
const official = `
# logger options
image_save_iter: 10000        # How often do you want to save output images during training
image_display_iter: 500
display_size: 16
snapshot_save_iter: 10000
log_iter: 10
# optimization options
max_iter: 1000000
batch_size: 1
weight_decay: 0.0001
beta1: 0.5
beta2: 0.999
init: kaiming
lr: 0.0001
lr_policy: step
step_size: 100000
gamma: 0.5
gan_w: 1
recon_x_w: 10
recon_s_w: 1
recon_c_w: 1
recon_x_cyc_w: 0
vgg_w: 0
gen:
  dim: 64
  mlp_dim: 256
  style_dim: 8
  activ: relu
  n_downsample: 2
  n_res: 4
  pad_type: reflect
dis:
  dim: 64
  norm: none
  activ: lrelu
  n_layer: 4
  gan_type: lsgan
  num_scales: 3
  pad_type: reflect
input_dim_a: 3
input_dim_b: 3
num_workers: 8
new_size: 256
crop_image_height: 256
crop_image_width: 256
data_root: ./datasets/edges2handbags/
`;

describe('configuration', () => {
  it('loads the published form as it is', () => {
    const config = parseConfig(official);
    expect(config.gen).toMatchObject({ dim: 64, mlp_dim: 256, style_dim: 8, activ: 'relu', n_downsample: 2, n_res: 4, pad_type: 'reflect', norm: 'in' });
    // What is not published is as if it were not there.
    expect(config.gen).toMatchObject({ up_norm: 'ln', pre_act: false, blur_down: false });
    expect(config).toMatchObject({ trainer: 'MUNIT', lr: 1e-4, step_size: 100_000, recon_x_cyc_w: 0, data_root: './datasets/edges2handbags/' });
  });

  it('has the published values as defaults', () => {
    const { data_root: _, display_size: __, num_workers: ___, new_size: ____, ...published } = parseConfig(official);
    expect(resolveConfig()).toMatchObject(published);
  });

  it('refuses unknown keys, at every level, and says what was meant', () => {
    expect(() => resolveConfig({ recon_x_cycw: 1 } as never)).toThrow(/unknown option 'recon_x_cycw' \(did you mean 'recon_x_cyc_w'\?\)/);
    expect(() => parseConfig('gen:\n  dims: 3\n')).toThrow(/unknown option 'gen\.dims' \(did you mean 'dim'\?\)/);
    expect(() => parseConfig('nonsense: 1\n')).toThrow(ConfigError);
  });

  it('names values out of range and what came', () => {
    expect(() => resolveConfig({ lr: -1 })).toThrow(/'lr' is -1/);
    expect(() => resolveConfig({ dis: { gan_type: 'wgan' as never } })).toThrow(/'dis\.gan_type' is "wgan"/);
  });

  it('refuses what is not a mapping', () => {
    expect(() => parseConfig('- 1\n- 2\n')).toThrow(/must be a mapping/);
    expect(() => parseConfig('a: [1')).toThrow(/not valid YAML/);
    expect(() => parseConfig('gen:\n  dim: 1\n  dim: 2\n')).toThrow(/'dim' is given twice/);
  });

  it('lets what is given override a preset, nested options one by one', () => {
    const config = resolveConfig({ gen: { dim: 8 }, batch_size: 2 }, 'quick');
    expect(config.gen).toMatchObject({ dim: 8, style_dim: 8, n_res: 2 });
    expect(config).toMatchObject({ batch_size: 2, recon_x_cyc_w: 10, crop_image_height: 32 });
    for (const name of ['edges', 'scenes', 'faces', 'quick', 'modern'] as const) expect(resolveConfig({}, name).trainer).toBe('MUNIT');
    expect(() => resolveConfig({}, 'none' as never)).toThrow(/no preset 'none'.*edges/);
  });

  it('keeps its message short, whatever came', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `unknown_${i}: 1`).join('\n');
    const started = performance.now();
    expect(() => parseConfig(`${many}\n`)).toThrow(/^[^]{0,100}unknown option 'unknown_0'[^]{0,1000}; and 19990 more\.$/);
    expect(() => resolveConfig({ ['k'.repeat(100_000)]: 1 } as never)).toThrow(/^[^]{0,300}$/);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(() => resolveConfig({ init: 'x'.repeat(10_000) as never })).toThrow(/^[^]{0,300}$/);
  });

  it('says infinity and NaN by name', () => {
    expect(() => parseConfig('lr: .inf\n')).toThrow(/'lr' is Infinity/);
    expect(() => parseConfig('gamma: .nan\n')).toThrow(/'gamma' is NaN/);
  });

  it('refuses betas at which Adam divides by 0', () => {
    expect(() => resolveConfig({ beta1: 1 })).toThrow(/'beta1' is 1/);
    expect(() => resolveConfig({ beta2: 1 })).toThrow(/'beta2' is 1/);
    expect(resolveConfig({ beta1: 0 }).beta1).toBe(0);
  });

  it('refuses what names no trainer or norm, whatever it is', () => {
    for (const text of ['trainer: { toString: 1 }', 'trainer: { valueOf: {}, toString: {} }', 'trainer: constructor', 'trainer: __proto__', 'trainer: [MUNIT]', 'trainer: { toJSON: 1 }', '{ trainer: CycleGAN, norm: constructor }', '{ trainer: CycleGAN, norm: { toString: 1 } }', 'trainer: &a { b: *a }']) {
      expect(() => parseConfig(text), text).toThrow(ConfigError);
    }
    expect(() => parseConfig('{ trainer: CycleGAN, norm: constructor }')).toThrow(/is "constructor"/);
    expect(() => parseConfig('trainer: { toString: 1 }')).toThrow('\'trainer\' is {"toString":1}');
  });

  it('reads YAML merge keys', () => {
    const config = parseConfig('gen: &net\n  dim: 12\n  pad_type: zero\ndis:\n  <<: *net\n  dim: 6\n');
    expect(config.gen).toMatchObject({ dim: 12, pad_type: 'zero' });
    expect(config.dis).toMatchObject({ dim: 6, pad_type: 'zero' });
    expect(() => parseConfig('gen:\n  <<: 3\n')).toThrow(ConfigError);
  });
});

describe('a file of UNIT', () => {
  /** The weights of UNIT's published files, which are otherwise as MUNIT's. */
  const unit = official.replace(/recon_s_w.*\nrecon_c_w.*\nrecon_x_cyc_w.*\n/, 'recon_h_w: 0\nrecon_kl_w: 0.01\nrecon_x_cyc_w: 10\nrecon_kl_cyc_w: 0.01\n').replace(/ {2}(mlp|style)_dim.*\n/g, '');

  it('loads as UNIT, and says so', () => {
    expect(unit).toContain('recon_h_w');
    expect(unit).not.toContain('style_dim');
    const notices: string[] = [];
    expect(parseConfig(unit, {}, undefined, (message) => notices.push(message))).toMatchObject({ trainer: 'UNIT', recon_kl_w: 0.01, recon_kl_cyc_w: 0.01, recon_x_cyc_w: 10 });
    expect(notices).toHaveLength(2);
    expect(notices[0]).toMatch(/'recon_h_w' .* is not used/);
    expect(notices[1]).toMatch(/UNIT is trained/);
  });

  it('is what its trainer says, where one is named', () => {
    const notices: string[] = [];
    const read = (text: string, overrides = {}): string => parseConfig(text, overrides, undefined, (message) => notices.push(message)).trainer;
    expect(read(`${official}trainer: UNIT\n`)).toBe('UNIT');
    expect(read('recon_kl_w: 1\ntrainer: MUNIT\n')).toBe('MUNIT');
    expect(read('recon_kl_w: 1\n', { trainer: 'MUNIT' })).toBe('MUNIT');
    expect(read('recon_kl_w: 1\nrecon_s_w: 1\n')).toBe('MUNIT');
    expect(read(official)).toBe('MUNIT');
    expect(notices).toEqual([]);
  });
});
