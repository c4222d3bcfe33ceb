import type { TrainingConfigInput } from './schema.js';

/** What `quick` and its like have in common: steps, rates, and how they are shown. */
const quickBudget = {
  new_size: 32,
  crop_image_height: 32,
  crop_image_width: 32,
  batch_size: 4,
  lr: 5e-4,
  max_iter: 2000,
  ema_half_life_images: 500,
  image_save_iter: 400,
  image_display_iter: 400,
  snapshot_save_iter: 1000,
} as const satisfies TrainingConfigInput;

/** Starting points by kind of image; whatever else is given overrides them. */
export const presets = {
  /** Drawings to photographs: the published `edges2*_folder.yaml`. */
  edges: { recon_x_cyc_w: 0, new_size: 256, crop_image_height: 256, crop_image_width: 256 },
  /** Landscapes and streets: the cycle term keeps the layout (published `summer2winter_yosemite256`). */
  scenes: { recon_x_cyc_w: 10, new_size: 256, crop_image_height: 256, crop_image_width: 256 },
  /** Animal and human faces: cycle term and mirrored images; augmentation against small sets. */
  faces: { recon_x_cyc_w: 10, new_size: 256, crop_image_height: 256, crop_image_width: 256, diff_augment: ['color', 'translation', 'cutout'] },
  /**
   * Streets at 512×512: the published `synthia2cityscape_folder.yaml`, with the cycle term and the perceptual one. `vgg_weights` must name the
   * weights of VGG16. On the device `simd` it fits with recomputation, which is chosen by itself.
   */
  streets512: { recon_x_cyc_w: 10, vgg_w: 1, new_size: 512, crop_image_height: 512, crop_image_width: 512 },
  /**
   * Landscapes at 1024×1024, as the paper shows Yosemite: three downsamplings instead of two, and narrower maps at full size (32 channels, 256
   * at the bottom), so that a step fits into the 4 GiB of the device `simd` with recomputation. `vgg_weights` must name the weights of VGG16.
   */
  hd1024: { recon_x_cyc_w: 10, vgg_w: 1, new_size: 1024, crop_image_height: 1024, crop_image_width: 1024, gen: { dim: 32, n_downsample: 3 }, dis: { dim: 48 } },
  /** CycleGAN as published: 256×256 crops, nine residual blocks. `max_iter` is 200 times the images of the larger domain. */
  cyclegan: { trainer: 'CycleGAN', new_size: 286, crop_image_height: 256, crop_image_width: 256 },
  /** CycleGAN with noise beside the channels of its input, as the paper compares it. */
  'cyclegan-noise': { trainer: 'CycleGAN', new_size: 286, crop_image_height: 256, crop_image_width: 256, gen: { style_dim: 8 } },
  /** BicycleGAN as published, on pairs: 256×256 crops. */
  bicyclegan: { trainer: 'BicycleGAN', new_size: 286, crop_image_height: 256, crop_image_width: 256 },
  /**
   * The set of `munit data animals` at 64×64, in an hour or two on two cores. Zero padding shows the networks where the border is, which
   * helps them to tell paper from fur.
   */
  animals: {
    recon_x_cyc_w: 10,
    new_size: 64,
    crop_image_height: 64,
    crop_image_width: 64,
    batch_size: 2,
    lr: 4e-4,
    lr_policy: 'linear',
    max_iter: 6000,
    ema_half_life_images: 1000,
    image_save_iter: 500,
    image_display_iter: 250,
    snapshot_save_iter: 500,
    gen: { dim: 24, mlp_dim: 96, style_dim: 8, n_downsample: 2, n_res: 2, pad_type: 'zero' },
    dis: { dim: 32, n_layer: 3, num_scales: 2, pad_type: 'zero' },
  },
  /**
   * Minutes on a CPU: 32×32 pixels and narrow networks. A rate that goes down in a line over the second half, and an
   * average with a short memory, make the most of few steps. (At twice this rate some seeds leave the outlines' generator
   * at all white for good: tanh is saturated there.)
   */
  quick: {
    ...quickBudget,
    recon_x_cyc_w: 10,
    lr_policy: 'linear',
    gen: { dim: 16, mlp_dim: 64, style_dim: 8, n_downsample: 2, n_res: 2 },
    dis: { dim: 16, n_layer: 3, num_scales: 2 },
  },
  /**
   * `quick` with options that are not in the paper, at about 1.06 times the cost of a step: zero padding, which shows the networks where the border is, and
   * discriminators of twice the width that learn at twice the generators' rate (Heusel et al. 2017, two time scales). On the synthetic benchmark after 2,000
   * steps of two seeds (8 inputs in 100 styles, 64 examples) content IoU is 0.905 and 0.862 (`quick`: 0.856 and 0.829), 6.4 and 4.0 % of outputs have no clear hue
   * (3.4 and 9.5 %), guided texture is right in 0.61 and 0.59 (0.39 and 0.59), guided hue in all, guided light in all (1 and 0.97). After 700 steps it is level with
   * `quick` there, and ahead on the animals at 64×64 (batches of 2, one seed: silhouettes 0.931 and 0.903, guided coat right in 1 and 0.97, colour error 8.7 and 18.9 of 255). What harms at this size is left out: one halving in place of two with AdaIN in the up-blocks (IoU 0.62 after 700 steps, 52 % without a clear hue: such networks
   * colour the outline more than the inside), a rate of 1e-3 with clamped images (0.67, 21 %, and examples guide at chance), and no cycle term (after 2,000
   * steps 0.87 and 0.83, and with one of the seeds examples guide in a third). With the cycle term's weight at 3 the outlines' generator of one seed stayed white.
   * What gains nothing (judged on 100 inputs, where this preset has 0.906 and 0.883): a warm-up of the generators' rate over 300 steps to twice that rate (0.909
   * and 0.886, fewer textures right), and generators of width 24 (0.903 and 0.887).
   */
  modern: {
    ...quickBudget,
    recon_x_cyc_w: 10,
    lr_policy: 'linear',
    lr_dis: 1e-3,
    gen: { dim: 16, mlp_dim: 64, style_dim: 8, n_downsample: 2, n_res: 2, pad_type: 'zero' },
    dis: { dim: 32, n_layer: 3, num_scales: 2, pad_type: 'zero' },
  },
  /** CycleGAN at the size, width and budget of `quick`. */
  'quick-cyclegan': {
    ...quickBudget,
    trainer: 'CycleGAN',
    gen: { dim: 16, n_downsample: 2, n_res: 2 },
    dis: { dim: 16, n_layer: 2 },
  },
  /** CycleGAN with noise at the size, width and budget of `quick`. */
  'quick-cyclegan-noise': {
    ...quickBudget,
    trainer: 'CycleGAN',
    gen: { dim: 16, n_downsample: 2, n_res: 2, style_dim: 8 },
    dis: { dim: 16, n_layer: 2 },
  },
  /** BicycleGAN at the size, width and budget of `quick`. */
  'quick-bicyclegan': {
    ...quickBudget,
    trainer: 'BicycleGAN',
    netG: 'unet_32',
    netD: 'basic_64_multi',
    netE: 'resnet_64',
    nef: 16,
    gen: { dim: 16, style_dim: 8 },
    dis: { dim: 16, num_scales: 2 },
  },
} as const satisfies Record<string, TrainingConfigInput>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;
/** All presets, by name. */
export const presetNames = Object.keys(presets) as readonly PresetName[];
