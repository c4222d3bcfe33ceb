/** What differs in the configurations of the trainers: their published defaults, and the names that their published options have here. */
import { ConfigError } from '@munit/core';
import type { TrainingConfig, TrainingConfigInput } from './schema.js';

type Trainer = TrainingConfig['trainer'];

/** CycleGAN's and BicycleGAN's have the same optimizer and schedule. */
const byJunYanZhu: TrainingConfigInput = { lr: 2e-4, beta1: 0.5, weight_decay: 0, lr_policy: 'linear', n_epochs: 100, n_epochs_decay: 100 };

/** Where a trainer's published defaults differ from the schema's, which are MUNIT's. */
const trainerDefaults: Readonly<Record<Trainer, TrainingConfigInput>> = {
  MUNIT: {},
  UNIT: {},
  CycleGAN: {
    ...byJunYanZhu,
    init: 'gaussian',
    init_gain: 0.02,
    max_iter: 250_000,
    gen: { style_dim: 0, n_res: 9 },
    dis: { n_layer: 3, num_scales: 1, norm: 'in', pad_type: 'zero' },
  },
  BicycleGAN: {
    ...byJunYanZhu,
    init: 'xavier',
    init_gain: 0.02,
    max_iter: 200_000,
    batch_size: 2,
    netG: 'unet_256',
    netD: 'basic_256_multi',
    where_add: 'all',
    gen: { style_dim: 8, n_res: 0, pad_type: 'zero' },
    dis: { num_scales: 2, norm: 'in', pad_type: 'zero' },
  },
};

/** A trainer's defaults; none for what is not one, which the schema refuses. */
export const defaultsOf = (trainer: unknown): TrainingConfigInput => (typeof trainer === 'string' && Object.hasOwn(trainerDefaults, trainer) ? trainerDefaults[trainer as Trainer] : {});

/** Options under other names: `set` makes ours of a published value. */
interface Renamed {
  /** Ours, for messages. */
  readonly ours: string;
  readonly set: (value: unknown) => Record<string, unknown>;
}

const valueOf = (values: Readonly<Record<string, string>>, value: unknown): unknown => (typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value);
const top = (ours: string, values: Readonly<Record<string, string>> = {}): Renamed => ({ ours, set: (value) => ({ [ours]: valueOf(values, value) }) });
const nested = (branch: 'gen' | 'dis', key: string, values: Readonly<Record<string, string>> = {}): Renamed => ({
  ours: `${branch}.${key}`,
  set: (value) => ({ [branch]: { [key]: valueOf(values, value) } }),
});
const negated = (ours: string): Renamed => ({ ours, set: (value) => ({ [ours]: typeof value === 'boolean' ? !value : value }) });
const normNames = { instance: 'in', batch: 'bn' };

/** Published options of CycleGAN and BicycleGAN (`options/*.py`) that have another name here. */
const published: Readonly<Record<string, Renamed>> = {
  ngf: nested('gen', 'dim'),
  ndf: nested('dis', 'dim'),
  nz: nested('gen', 'style_dim'),
  nl: nested('gen', 'activ'),
  n_blocks: nested('gen', 'n_res'),
  n_layers_D: nested('dis', 'n_layer'),
  num_Ds: nested('dis', 'num_scales'),
  gan_mode: nested('dis', 'gan_type', { vanilla: 'nsgan' }),
  norm: { ours: 'gen.norm and dis.norm', set: (value) => ({ gen: { norm: valueOf(normNames, value) }, dis: { norm: valueOf(normNames, value) } }) },
  init_type: top('init', { normal: 'gaussian' }),
  load_size: top('new_size'),
  crop_size: { ours: 'crop_image_height and crop_image_width', set: (value) => ({ crop_image_height: value, crop_image_width: value }) },
  input_nc: top('input_dim_a'),
  output_nc: top('input_dim_b'),
  niter: top('n_epochs'),
  niter_decay: top('n_epochs_decay'),
  no_dropout: negated('use_dropout'),
  no_flip: negated('mirror'),
};

/** `resnet_9blocks`: the kind of network and the number of its blocks in one name. */
const resnetBlocks = /^resnet_(\d+)blocks$/;

type Options = Readonly<Record<string, unknown>>;

const isOptions = (value: unknown): value is Options => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `over` on top of `base`; the nested options of `gen` and `dis` one by one. */
export function mergeOptions(base: Options, over: Options): Options {
  return { ...base, ...over, gen: { ...(base['gen'] as Options), ...(over['gen'] as Options) }, dis: { ...(base['dis'] as Options), ...(over['dis'] as Options) } };
}

/**
 * The options of CycleGAN or BicycleGAN with their published names replaced by munit's; those of other trainers as they are.
 * @throws ConfigError when an option is given under both names
 */
export function withOurNames(trainer: Trainer, given: Options): Options {
  if (trainer !== 'CycleGAN' && trainer !== 'BicycleGAN') return given;
  const kept = Object.fromEntries(Object.entries(given).filter(([key]) => !Object.hasOwn(published, key)));
  const blocks = typeof kept['netG'] === 'string' ? resnetBlocks.exec(kept['netG'])?.[1] : undefined;
  const own = blocks === undefined ? kept : mergeOptions({ gen: { n_res: Number(blocks) } }, { ...kept, netG: 'resnet' });
  let result: Options = own;
  for (const [key, value] of Object.entries(given)) {
    const renamed = Object.hasOwn(published, key) ? published[key] : undefined;
    if (renamed === undefined || value === undefined) continue;
    const set = renamed.set(value);
    if (overlaps(set, own)) {
      throw new ConfigError(`'${key}' and '${renamed.ours}' are the same option, and both are given.`, { remedy: 'Leave one of them out.' });
    }
    result = mergeOptions(result, set);
  }
  return result;
}

const overlaps = (set: Options, given: Options): boolean =>
  Object.entries(set).some(([key, value]) => {
    const present = given[key];
    return isOptions(value) ? isOptions(present) && overlaps(value, present) : present !== undefined;
  });
