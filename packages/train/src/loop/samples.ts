/** Sample images, which show how the model does on fixed inputs, and the statistics of its style codes. */
import { type Domain, type Params, type PerDomain, perDomain, tileBatch, Rng, type Tensor2D, type Tensor4D, tensor, tidy } from '@munit/core';
import type { UnpairedBatch } from '@munit/data';
import { fromBatch, type ImageBatch, type PixelImage } from '@munit/images';
import type { ContactRow, SampleGrid, StyleStatistics } from '../events.js';
import { contactSheet } from '../images/grid.js';
import type { TranslationDirection, GeneratorNetworks } from '../methods/method.js';

/** Random styles shown per input. */
const styleColumns = 6;
/** Pixels that are decoded at once: small images go together, large ones one by one, as in training. */
const decodedPixels = 2 ** 16;

/**
 * One contact sheet per direction: input | reconstruction | the input in several styles (the same ones for every input and
 * at every step) | an example of the other domain | the input in the example's style. Without styles, one translation and no example; what
 * a method cannot rebuild or encode is left out.
 */
export async function sampleGrids(networks: GeneratorNetworks, gen: Params, display: PerDomain<ImageBatch>, seed: number): Promise<SampleGrid[]> {
  const grids: SampleGrid[] = [];
  for (const direction of networks.directions) {
    const { from, to } = direction;
    const codes = new StyleCodes(networks, networks.styles === undefined ? 1 : styleColumns, seed);
    const rows: ContactRow[] = [];
    for (let i = 0; i < display[from].shape[0]; i++) rows.push(await sampleRow(networks, gen, direction, display, i, codes));
    const guided = networks.styles?.domains.includes(to) === true ? ', and in the style of an example' : '';
    const random = networks.styles === undefined ? '' : ` in ${codes.count} random styles (a column is one style)${guided}`;
    const parts = [...(canRebuild(networks, from) ? ['rebuilt'] : []), `translated to ${to.toUpperCase()}${random}`];
    grids.push(contactSheet({ name: `${from}-to-${to}`, caption: `Images of ${from.toUpperCase()}, ${parts.join(networks.styles === undefined ? ', and ' : ', ')}.`, rows }));
  }
  return grids;
}

/** The random style codes of a seed, for so many translations; networks without styles have none. */
export class StyleCodes {
  readonly count: number;
  readonly #dim: number;
  readonly #values: Float32Array;

  constructor({ styles }: GeneratorNetworks, count: number, seed: number) {
    this.count = count;
    this.#dim = styles?.dim ?? 0;
    this.#values = new Rng(seed).normals(this.count * this.#dim);
  }

  /** The codes from `first` on, [count, dim]; undefined without styles. The caller owns the tensor. */
  batch(first: number, count: number): Tensor2D | undefined {
    return this.#dim === 0 ? undefined : tensor(this.#values.slice(first * this.#dim, (first + count) * this.#dim), [count, this.#dim]);
  }
}

async function sampleRow(networks: GeneratorNetworks, gen: Params, { from, to }: TranslationDirection, display: PerDomain<ImageBatch>, index: number, codes: StyleCodes): Promise<ContactRow> {
  const exampleIndex = index % display[to].shape[0];
  const { styles } = networks;
  const outputs = tidy(() => {
    const x = imageTensor(display[from], index);
    const content = networks.encodeContent(gen, from, x);
    const rebuilt = canRebuild(networks, from) ? [networks.decode(gen, from, content, styles?.encode(gen, from, x))] : [];
    const random: Tensor4D[] = [];
    const inOnePass = Math.max(1, Math.floor(decodedPixels / (x.shape[1] * x.shape[2])));
    for (let first = 0; first < codes.count; first += inOnePass) {
      const count = Math.min(inOnePass, codes.count - first);
      random.push(networks.decode(gen, to, tileBatch(content, count), codes.batch(first, count)));
    }
    const guided = styles?.domains.includes(to) !== true ? [] : [networks.decode(gen, to, content, styles.encode(gen, to, imageTensor(display[to], exampleIndex)))];
    return [...random, ...guided, ...rebuilt];
  });
  const others = await readImages(outputs);
  const guided = styles?.domains.includes(to) === true;
  const output = guided ? others[codes.count] : undefined;
  const rebuilt = canRebuild(networks, from) ? others.at(-1) : undefined;
  return {
    name: display[from].names[index] ?? String(index),
    input: imageOf(display[from], index),
    ...(rebuilt === undefined ? {} : { reconstruction: rebuilt }),
    styles: others.slice(0, codes.count),
    ...(output === undefined ? {} : { guided: { example: imageOf(display[to], exampleIndex), output } }),
  };
}

/** Whether images of a domain can be made again from themselves: by a generator of that domain, in their own style where there are styles. */
const canRebuild = ({ directions, styles }: GeneratorNetworks, domain: Domain): boolean =>
  directions.some(({ to }) => to === domain) && (styles === undefined || styles.domains.includes(domain));

/** Reads and frees image tensors. */
async function readImages(tensors: readonly Tensor4D[]): Promise<PixelImage[]> {
  const images: PixelImage[] = [];
  for (const t of tensors) {
    images.push(...fromBatch({ data: (await t.data()) as Float32Array, shape: t.shape }));
    t.dispose();
  }
  return images;
}

function slice({ shape, data }: ImageBatch, index: number): Float32Array {
  const size = shape[1] * shape[2] * shape[3];
  return data.slice(index * size, (index + 1) * size);
}

function imageTensor(batch: ImageBatch, index: number): Tensor4D {
  return tensor(slice(batch, index), [1, batch.shape[1], batch.shape[2], batch.shape[3]]);
}

function imageOf(batch: ImageBatch, index: number): PixelImage {
  return fromBatch({ data: slice(batch, index), shape: [1, batch.shape[1], batch.shape[2], batch.shape[3]] })[0] as PixelImage;
}

/** Style codes of the batches' images, and their mean and deviation per dimension; nothing for networks without styles. */
export async function styleStatistics(
  { styles }: GeneratorNetworks,
  gen: Params,
  batches: PerDomain<readonly ImageBatch[]>,
): Promise<{ readonly statistics: PerDomain<StyleStatistics>; readonly values: PerDomain<Float32Array> } | undefined> {
  if (styles === undefined || styles.domains.length === 0) return undefined;
  const encode = async (domain: Domain): Promise<Float32Array> => {
    const codes: number[] = [];
    if (!styles.domains.includes(domain)) return new Float32Array();
    for (const { data, shape } of batches[domain]) {
      const style = tidy(() => styles.encode(gen, domain, tensor(data, [...shape])));
      codes.push(...(await style.data()));
      style.dispose();
    }
    return Float32Array.from(codes);
  };
  const values = { a: await encode('a'), b: await encode('b') };
  return { values, statistics: perDomain((domain) => statisticsOf(values[domain], styles.dim)) };
}

function statisticsOf(values: Float32Array, dimensions: number): StyleStatistics {
  if (values.length === 0) return { mean: [], std: [] };
  const count = values.length / dimensions;
  const column = (d: number): number[] => Array.from({ length: count }, (_, i) => values[i * dimensions + d] as number);
  const mean = Array.from({ length: dimensions }, (_, d) => column(d).reduce((sum, x) => sum + x, 0) / count);
  const std = mean.map((m, d) => Math.sqrt(column(d).reduce((sum, x) => sum + (x - m) ** 2, 0) / Math.max(1, count - 1)));
  return { mean, std };
}

/** The latest training images of each domain, up to a number: what style statistics are taken on. */
export class RecentImages {
  readonly #limit: number;
  #batches: UnpairedBatch[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(batch: UnpairedBatch): void {
    this.#batches.push(batch);
    let count = this.#batches.reduce((sum, { a }) => sum + a.shape[0], 0);
    while (this.#batches.length > 1 && count - (this.#batches[0] as UnpairedBatch).a.shape[0] >= this.#limit) {
      count -= (this.#batches.shift() as UnpairedBatch).a.shape[0];
    }
  }

  batches(): PerDomain<readonly ImageBatch[]> {
    return { a: this.#batches.map(({ a }) => a), b: this.#batches.map(({ b }) => b) };
  }
}
