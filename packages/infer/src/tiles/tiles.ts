/** Whole images through a network in bands, for a translator. */
import { type Domain, readTensor, tensor, type Tensor2D } from '@munit/core';
import type { FloatImage, Size } from '@munit/images';
import type { Engine } from '../networks/engine.js';
import type { BandsEstimate } from '../networks/estimate.js';
import { computeOn } from './convolve.js';
import { bandRowsOf } from './count.js';
import { decodeRows, encodeContentRows, encodeStyleRows, type TileRun } from './network.js';
import { eachBand, type Rows, type Step, type StoredRows } from './rows.js';
import type { MovingSums } from './statistics.js';

/** A content in the process's memory, and how its image is taken: the image's padded height, and rows at once. */
export interface BandedContent {
  readonly map: StoredRows;
  readonly size: Size;
  readonly rows: number;
}

const rowsOf = ({ values, width, height, channels }: FloatImage): Rows => ({
  width,
  height,
  channels,
  read: (from, to) => Promise.resolve(values.slice(from * width * channels, to * width * channels)),
});

function runOn(engine: Engine, height: number, rows: number, step: Step, moving?: MovingSums): TileRun {
  return { compute: computeOn(engine), step, height, bandRows: (h) => bandRowsOf(h, rows, height), moving };
}

/** The content of a padded image. */
export async function encodeInBands(engine: Engine, domain: Domain, image: FloatImage, { rows }: BandsEstimate, step: Step, moving?: MovingSums): Promise<BandedContent> {
  const { width, height } = image;
  const map = await encodeContentRows(runOn(engine, height, rows, step, moving), rowsOf(image), engine.networks[domain].parts.encoder);
  return { map, rows, size: { width, height } };
}

/** The image that a content gives, cut to `size`. */
export async function decodeInBands(engine: Engine, to: Domain, content: BandedContent, style: Float32Array | undefined, size: Size, step: Step, moving?: MovingSums): Promise<FloatImage> {
  const { decoder, adaIn } = engine.networks[to].parts;
  const parameters = style === undefined || adaIn === undefined ? style : await adaInOf(engine, adaIn, style);
  const rows = await decodeRows(runOn(engine, content.size.height, content.rows, step, moving), content.map, decoder, parameters);
  const { channels } = rows;
  const values = new Float32Array(size.width * size.height * channels);
  const [wide, narrow] = [rows.width * channels, size.width * channels];
  await eachBand(size.height, content.rows, step, async (from, to) => {
    const band = await rows.read(from, to);
    for (let y = from; y < to; y++) values.set(band.subarray((y - from) * wide, (y - from) * wide + narrow), y * narrow);
  });
  return { ...size, channels, values };
}

async function adaInOf(engine: Engine, adaIn: (style: Tensor2D) => Tensor2D, style: Float32Array): Promise<Float32Array> {
  const parameters = await engine.run('The style', () => adaIn(tensor(style, [1, style.length]) as Tensor2D));
  try {
    return (await readTensor(parameters)) as Float32Array;
  } finally {
    parameters.dispose();
  }
}

/** The style of an image; only of models that have styles. */
export function styleInBands(engine: Engine, domain: Domain, image: FloatImage, { rows }: BandsEstimate, step: Step): Promise<Float32Array> {
  return encodeStyleRows(runOn(engine, image.height, rows, step), rowsOf(image), engine.networks[domain].parts.style!);
}
