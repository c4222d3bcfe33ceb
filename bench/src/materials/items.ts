/** What is timed. */
import { resolveConfig, type TrainingConfig } from '@munit/train';

export type Kind = 'translate' | 'decode' | 'train' | 'lpips' | 'features';

/** A piece of work that every contestant does in the same way. */
export interface Item {
  readonly name: string;
  readonly kind: Kind;
  /** Height and width of the images. */
  readonly size: number;
  /** Channels of the first layer (`dim`), of generators and discriminators. */
  readonly width: number;
  /** Of LPIPS the pairs of a run, of features the images. */
  readonly batch: number;
  /** Timed runs by default. */
  readonly runs: number;
  readonly config: TrainingConfig;
}

/** The published networks (`edges2handbags_folder.yaml`) of a width, for images of a size. */
function published(kind: Kind, size: number, width: number, runs: number): Item {
  const config = resolveConfig({ gen: { dim: width }, dis: { dim: width }, crop_image_height: size, crop_image_width: size });
  return { name: `${kind}-${size}`, kind, size, width, batch: 1, runs, config };
}

/** The networks, the batch and the losses of the preset `quick`, which `npm start` trains. */
function quick(runs: number): Item {
  const config = resolveConfig({}, 'quick');
  return { name: 'train-32', kind: 'train', size: 32, width: config.gen.dim, batch: config.batch_size, runs, config };
}

/** CycleGAN as published: nine residual blocks, one discriminator for each domain, the identity loss, the pool of past fakes. */
function cycleGan(size: number, width: number, runs: number): Item {
  const config = resolveConfig({ gen: { dim: width }, dis: { dim: width }, crop_image_height: size, crop_image_width: size }, 'cyclegan');
  return { name: `cyclegan-${size}`, kind: 'train', size, width, batch: 1, runs, config };
}

/** LPIPS of pairs, as `munit evaluate` measures it. Time is proportional to the pairs: fewer than an evaluation has do as well. */
function judging(batch: number, runs: number): Item {
  return { name: 'lpips-alexnet-256', kind: 'lpips', size: 256, width: 64, batch, runs, config: resolveConfig({}) };
}

/** VGG16's features of images, as a Fréchet distance and the perceptual loss take them. */
function features(batch: number, runs: number): Item {
  return { name: 'vgg16-features-256', kind: 'features', size: 256, width: 64, batch, runs, config: resolveConfig({}) };
}

/** Whether its batch is a number of pairs or images that are judged, which may be any. */
export const judges = ({ kind }: Item): boolean => kind === 'lpips' || kind === 'features';

export const items: readonly Item[] = [
  published('translate', 256, 64, 9),
  published('translate', 128, 64, 15),
  published('decode', 256, 64, 9),
  quick(31),
  published('train', 64, 32, 9),
  published('train', 128, 64, 5),
  published('train', 256, 64, 3),
  cycleGan(256, 64, 3),
  judging(20, 9),
  features(8, 5),
];

/** 1,000 steps of the quick training: its memory must not grow. */
export const memoryItem: Item = { ...quick(1), name: 'memory-1000' };

const known = [...items, memoryItem];

/** Items by name, in the order of the table. @throws Error that lists the names when one is unknown */
export function chooseItems(names: readonly string[] | undefined): readonly Item[] {
  if (names === undefined) return items;
  const unknown = names.filter((name) => !known.some((item) => item.name === name));
  if (unknown.length > 0) throw new Error(`There is no item ${unknown.map((name) => `'${name}'`).join(', ')}; there are ${known.map(({ name }) => name).join(', ')}.`);
  return known.filter(({ name }) => names.includes(name));
}
