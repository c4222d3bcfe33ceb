/**
 * The options of a training run, by the names of the published YAML files, so that those load as they are;
 * munit's own additions follow the same style. Unknown keys are refused.
 */
import * as z from 'zod';

const count = z.int().min(1);
const weight = z.number().min(0);
const rate = z.number().positive();
/** Of the past in Adam's averages: with 1, nothing new would ever come in, and the correction for their start would divide by 0. */
const share = z.number().min(0).lt(1);
/** The published files write numbers such as `1e-4`, which YAML 1.2 reads as numbers and some editors quote. */
const activation = z.enum(['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none']);
const padding = z.enum(['reflect', 'replicate', 'zero']);

/** What `metrics` may name. */
export const metricNames = ['lpips-diversity', 'fid-alexnet', 'kid-alexnet'] as const;

/** Sides of the images that the published networks are made for, and smaller and larger ones: `unet_128`. */
const sides = [16, 32, 64, 128, 256, 512, 1024] as const;
const sidesOf = <P extends string>(prefix: P): `${P}_${(typeof sides)[number]}`[] => sides.map((side) => `${prefix}_${side}` as const);

export const generatorSchema = z.strictObject({
  /** Channels after the first convolution. */
  dim: count.default(64),
  /** Width of the MLP that turns a style code into AdaIN parameters (MUNIT). */
  mlp_dim: count.default(256),
  /** Length of the style code (MUNIT, BicycleGAN); of CycleGAN's noise, 0 for none. */
  style_dim: z.int().min(0).default(8),
  activ: activation.default('relu'),
  n_downsample: z.int().min(0).default(2),
  n_res: z.int().min(0).default(4),
  pad_type: padding.default('reflect'),
  /** Norm of the generators, and of BicycleGAN's encoder (CycleGAN, BicycleGAN). */
  norm: z.enum(['in', 'none']).default('in'),
  /** Norm of the up-sampling blocks (MUNIT): layer norm as published, or AdaIN, which brings the style there too. */
  up_norm: z.enum(['ln', 'adain']).default('ln'),
  /** Norm and activation before each convolution of the residual blocks, rather than behind it (MUNIT). */
  pre_act: z.boolean().default(false),
  /** Encoders halve by 3×3 and a blur rather than by 4×4 at stride 2 (MUNIT). */
  blur_down: z.boolean().default(false),
  /** How images end (MUNIT): tanh as published, or nothing, and values are clamped wherever an image is shown, measured or exported. */
  output: z.enum(['tanh', 'clamp']).default('tanh'),
  /** The weights of all convolutions are divided by their spectral norms (MUNIT). */
  spectral_norm: z.boolean().default(false),
});

export const discriminatorSchema = z.strictObject({
  dim: count.default(64),
  norm: z.enum(['none', 'bn', 'in', 'ln', 'sn']).default('none'),
  activ: activation.default('lrelu'),
  n_layer: count.default(4),
  /** lsgan and nsgan as published; hinge is an addition. */
  gan_type: z.enum(['lsgan', 'nsgan', 'hinge']).default('lsgan'),
  num_scales: count.default(3),
  /** A residual network that judges whole images beside those of patches (MUNIT and UNIT); with `norm: none` or `sn`. */
  global: z.boolean().default(false),
  pad_type: padding.default('reflect'),
});

export const configSchema = z.strictObject({
  trainer: z.enum(['MUNIT', 'UNIT', 'CycleGAN', 'BicycleGAN']).default('MUNIT'),

  // Logging
  image_save_iter: count.default(10_000),
  image_display_iter: count.default(500),
  /** Images of each domain in the sample grids; fewer where a set has fewer. */
  display_size: count.default(8),
  snapshot_save_iter: count.default(10_000),
  log_iter: count.default(10),

  // Optimization
  max_iter: count.default(1_000_000),
  batch_size: count.default(1),
  weight_decay: weight.default(1e-4),
  beta1: share.default(0.5),
  beta2: share.default(0.999),
  init: z.enum(['kaiming', 'xavier', 'gaussian', 'orthogonal', 'default']).default('kaiming'),
  lr: rate.default(1e-4),
  /** step and constant as published; linear (to 0 over the second half, or by `n_epochs`) and cosine (to 0) are additions. */
  lr_policy: z.enum(['step', 'constant', 'linear', 'cosine']).default('step'),
  step_size: count.default(100_000),
  gamma: z.number().positive().default(0.5),
  gan_w: weight.default(1),
  recon_x_w: weight.default(10),
  recon_s_w: weight.default(1),
  recon_c_w: weight.default(1),
  recon_x_cyc_w: weight.default(0),
  recon_kl_w: weight.default(0.01),
  recon_kl_cyc_w: weight.default(0.01),
  vgg_w: weight.default(0),
  /** Weight of mode seeking (Mao et al. 2019; DRIT++), by a second translation of every image (MUNIT). */
  mode_seeking_w: weight.default(0),
  /** Weights of what keeps encoded styles close to N(0, I): mean s², and the maximum mean discrepancy to the styles drawn (MUNIT). */
  style_kl_w: weight.default(0),
  style_mmd_w: weight.default(0),
  /** Weight γ of R1, the gradient penalty ½ ‖∇ D(x)‖² on real images (Mescheder et al. 2018; MUNIT and UNIT); 0 for none. */
  r1_w: weight.default(0),
  /** Updates from one penalty to the next; it then counts that many times (Karras et al. 2020, lazy regularisation). */
  r1_every: count.default(16),
  /** Weight of the discriminators' consistency on real images that are moved a little and mirrored (Zhang et al. 2020; MUNIT and UNIT); 10 there. */
  consistency_w: weight.default(0),
  /** Largest norm of an update's gradients, per optimizer; larger ones are scaled down to it. 0 for no limit. */
  clip_gradient_norm: weight.default(0),
  /** Norm above which an update's gradients are taken for 0. 0 for no limit. */
  skip_gradient_norm: weight.default(0),
  /** The paper's ablations of MUNIT: reconstruction terms that are left out, whatever their weights. */
  without: z.array(z.enum(['image', 'content', 'style'])).default([]),

  // CycleGAN and BicycleGAN, by the names of their published code
  /** `resnet` (with `gen.n_res` blocks), or a U-Net for images of that side and its multiples. */
  netG: z.enum(['resnet', ...sidesOf('unet')]).default('resnet'),
  /** CycleGAN: n_layers (`dis.n_layer` of them), basic (3) or pixel. BicycleGAN: basic_256, basic_256_multi (`dis.num_scales` scales) and so on. */
  netD: z.enum(['n_layers', 'basic', 'pixel', ...sidesOf('basic'), ...sidesOf('basic').map((name) => `${name}_multi` as const)]).default('n_layers'),
  /** The discriminator of translations in random styles (BicycleGAN). Default: as `netD`. */
  netD2: z.enum([...sidesOf('basic'), ...sidesOf('basic').map((name) => `${name}_multi` as const)]).optional(),
  /** The style encoder, for images of that side (BicycleGAN). */
  netE: z.enum([...sidesOf('resnet'), ...sidesOf('conv')]).default('resnet_256'),
  /** Channels of the style encoder's first layer (BicycleGAN). */
  nef: count.default(64),
  /** Where styles and noises enter the generator. */
  where_add: z.enum(['input', 'all']).default('input'),
  /** How a U-Net doubles its maps (BicycleGAN). */
  upsample: z.enum(['basic', 'bilinear']).default('basic'),
  use_dropout: z.boolean().default(false),
  /** Discriminators see a translation together with its source (BicycleGAN). */
  conditional_D: z.boolean().default(false),
  /** One discriminator for encoded and random styles (BicycleGAN). */
  use_same_D: z.boolean().default(false),
  /** Weights of the cycles that begin in A and in B (CycleGAN). */
  lambda_A: weight.default(10),
  lambda_B: weight.default(10),
  /** Weight of the identity terms, as a share of the cycles' (CycleGAN). */
  lambda_identity: weight.default(0.5),
  /** Past translations that the discriminators are shown too, of each domain; 0 for none (CycleGAN). */
  pool_size: z.int().min(0).default(50),
  /** Weights of BicycleGAN's terms. */
  lambda_GAN: weight.default(1),
  lambda_GAN2: weight.default(1),
  lambda_L1: weight.default(10),
  lambda_z: weight.default(0.5),
  lambda_kl: weight.default(0.01),
  /** Epochs at the full rate, and epochs over which it goes down to 0, of `lr_policy: linear`: `max_iter` updates are all of them. */
  n_epochs: z.int().min(0).optional(),
  n_epochs_decay: z.int().min(0).optional(),
  /** Factor of random weights (`init`): the deviation of gaussian ones, the gain of the others. Default: 0.02, √2. */
  init_gain: rate.optional(),

  gen: generatorSchema.prefault({}),
  dis: discriminatorSchema.prefault({}),

  // Data
  input_dim_a: z.union([z.literal(1), z.literal(3)]).default(3),
  input_dim_b: z.union([z.literal(1), z.literal(3)]).default(3),
  num_workers: z.int().min(0).default(2),
  /** Length of the shorter side after resizing, before the crop. */
  new_size: count.optional(),
  new_size_a: count.optional(),
  new_size_b: count.optional(),
  crop_image_height: count.default(256),
  crop_image_width: count.default(256),
  data_root: z.string().optional(),
  data_folder_train_a: z.string().optional(),
  data_list_train_a: z.string().optional(),
  data_folder_test_a: z.string().optional(),
  data_list_test_a: z.string().optional(),
  data_folder_train_b: z.string().optional(),
  data_list_train_b: z.string().optional(),
  data_folder_test_b: z.string().optional(),
  data_list_test_b: z.string().optional(),

  // Additions
  /** Side-by-side images, A the left half and B the right one, instead of folders or lists. */
  data_pairs_train: z.string().optional(),
  data_pairs_test: z.string().optional(),
  /** Train on the built-in synthetic benchmark: so many images of each domain, as large as the crop. */
  synthetic_count: count.optional(),
  /**
   * Metrics of translations from A to B, measured on held-out images whenever samples are made: in metrics.csv, TensorBoard and the report.
   * Their names say whose features they use.
   */
  metrics: z.array(z.enum(metricNames)).default([]),
  /** Steps between further measurements, besides those with the samples; 0 for none. */
  metrics_iter: z.int().min(0).default(0),
  /** Inputs that are translated in 10 styles each for `metrics`; fewer where a set has fewer. */
  metrics_images: z.int().min(2).default(50),
  /** Which of `metrics`, or of the figures of a benchmark, makes a checkpoint the best. Default: a benchmark's score, else the reconstruction losses. */
  best_metric: z.string().optional(),
  seed: z.int().min(0).max(0xffffffff).default(0),
  /** Learning rate of the discriminators where it differs from `lr`. */
  lr_dis: rate.optional(),
  /** Micro-batches whose gradients are averaged before each update. */
  accumulate: count.default(1),
  /** Images that halve the weight of the past in the averaged generator; 0 for no averaging. */
  ema_half_life_images: weight.default(10_000),
  /**
   * Shortens that half-life early in a run, when the past is little but the random start: at most this times the images seen so far
   * (Karras et al. 2020, StyleGAN2-ADA). 0 for the same half-life from the first image on.
   */
  ema_rampup: weight.default(0.05),
  /** Augmentations of what the discriminators see (Zhao et al. 2020), for small sets. */
  diff_augment: z.array(z.enum(['color', 'translation', 'cutout'])).default([]),
  /** Mirror half of the training images. */
  mirror: z.boolean().default(true),
  /** Checkpoints to keep, besides the best one and those of `keep_every`. */
  keep_last: count.default(3),
  /** Steps between checkpoints that are kept for good; 0 for none. */
  keep_every: z.int().min(0).default(0),
  /** Weights of VGG16, for `vgg_w` above 0. */
  vgg_weights: z.string().optional(),
  /** What those weights expect of an image; needed only for weights that are not recognised. */
  vgg_preprocessing: z.enum(['caffe', 'torchvision']).optional(),
  /** The published code's layer, or the paper's. */
  vgg_layer: z.enum(['relu5_3', 'relu4_3']).default('relu5_3'),
});

/** A resolved configuration, by the keys of the published YAML files; every key has a value. */
export type TrainingConfig = z.output<typeof configSchema>;
/** What a user writes: every option may be left out. */
export type TrainingConfigInput = z.input<typeof configSchema>;
