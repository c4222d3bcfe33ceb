/** Pictures of how the model does on fixed inputs, and the statistics of its style codes. */
import { type Domain, domains, otherDomain, type Params, type PerDomain, perDomain, repeatSamples, Rng, tensor, type Tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { type ImageBatch, type PixelImage, fromBatch } from '@munit/data';
import type { ContactRow, SampleGrid, StyleStatistics } from '../events.js';
import { contactSheet } from '../images/grid.js';
import type { Model } from '../networks/model.js';

/** Random styles shown per input. */
const styleColumns = 6;
/** Pixels that are decoded at once: small pictures go together, large ones one by one, as in training. */
const decodedPixels = 2 ** 16;

/**
 * One contact sheet per direction: input | reconstruction | the input in several styles (the same ones for every input and
 * at every step) | an example of the other domain | the input in the example's style.
 */
export async function sampleGrids(model: Model, gen: PerDomain<Params>, display: PerDomain<ImageBatch>, seed: number): Promise<SampleGrid[]> {
  const grids: SampleGrid[] = [];
  for (const from of domains) {
    const to = otherDomain(from);
    const styles = model.styleDim === 0 ? 1 : styleColumns;
    const codes = new Rng(seed).normals(styles * Math.max(1, model.styleDim));
    const rows: ContactRow[] = [];
    for (let i = 0; i < display[from].shape[0]; i++) {
      const example = i % display[to].shape[0];
      rows.push(await sampleRow(model, gen, from, display, i, example, codes, styles));
    }
    grids.push(
      contactSheet({
        name: `${from}-to-${to}`,
        caption:
          model.styleDim === 0
            ? `Images of ${from.toUpperCase()}, rebuilt, and translated to ${to.toUpperCase()}.`
            : `Images of ${from.toUpperCase()}, rebuilt, translated to ${to.toUpperCase()} in ${styles} random styles (a column is one style), and in the style of an example.`,
        rows,
      }),
    );
  }
  return grids;
}

async function sampleRow(
  model: Model,
  gen: PerDomain<Params>,
  from: Domain,
  display: PerDomain<ImageBatch>,
  index: number,
  exampleIndex: number,
  codes: Float32Array,
  styles: number,
): Promise<ContactRow> {
  const to = otherDomain(from);
  const outputs = tidy(() => {
    const x = imageTensor(display[from], index);
    const example = imageTensor(display[to], exampleIndex);
    const content = model.encodeContent(gen, from, x);
    const rebuilt = model.decode(gen, from, content, model.encodeStyle(gen, from, x));
    const random: Tensor4D[] = [];
    const together = Math.max(1, Math.floor(decodedPixels / (x.shape[1] * x.shape[2])));
    for (let first = 0; first < styles; first += together) {
      const count = Math.min(together, styles - first);
      const style = model.styleDim === 0 ? undefined : (tensor(codes.slice(first * model.styleDim, (first + count) * model.styleDim), [count, model.styleDim]) as Tensor2D);
      random.push(model.decode(gen, to, repeatSamples(content, count), style));
    }
    const guided = model.styleDim === 0 ? [] : [model.decode(gen, to, content, model.encodeStyle(gen, to, example))];
    return [rebuilt, ...random, ...guided];
  });
  const [rebuilt, ...others] = await readImages(outputs);
  const [input, example] = [imageOf(display[from], index), imageOf(display[to], exampleIndex)];
  return {
    name: display[from].names[index] ?? String(index),
    input,
    reconstruction: rebuilt as PixelImage,
    styles: others.slice(0, styles),
    ...(model.styleDim === 0 ? {} : { guided: { example, output: others[styles] as PixelImage } }),
  };
}

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
  return tensor(slice(batch, index), [1, batch.shape[1], batch.shape[2], batch.shape[3]]) as Tensor4D;
}

function imageOf(batch: ImageBatch, index: number): PixelImage {
  return fromBatch({ data: slice(batch, index), shape: [1, batch.shape[1], batch.shape[2], batch.shape[3]] })[0] as PixelImage;
}

/** Style codes of the batches' images, and their mean and deviation per dimension; nothing for a model without styles. */
export async function styleStatistics(
  model: Model,
  gen: PerDomain<Params>,
  batches: PerDomain<readonly ImageBatch[]>,
): Promise<{ readonly statistics: PerDomain<StyleStatistics>; readonly values: PerDomain<Float32Array> } | undefined> {
  if (model.styleDim === 0) return undefined;
  const encode = async (domain: Domain): Promise<Float32Array> => {
    const codes: number[] = [];
    for (const { data, shape } of batches[domain]) {
      const style = tidy(() => model.encodeStyle(gen, domain, tensor(data, [...shape]) as Tensor4D) as Tensor);
      codes.push(...(await style.data()));
      style.dispose();
    }
    return Float32Array.from(codes);
  };
  const values = { a: await encode('a'), b: await encode('b') };
  return { values, statistics: perDomain((d) => statisticsOf(values[d], model.styleDim)) };
}

function statisticsOf(values: Float32Array, dimensions: number): StyleStatistics {
  const count = values.length / dimensions;
  const column = (d: number): number[] => Array.from({ length: count }, (_, i) => values[i * dimensions + d] as number);
  const mean = Array.from({ length: dimensions }, (_, d) => column(d).reduce((sum, x) => sum + x, 0) / count);
  const std = mean.map((m, d) => Math.sqrt(column(d).reduce((sum, x) => sum + (x - m) ** 2, 0) / Math.max(1, count - 1)));
  return { mean, std };
}

