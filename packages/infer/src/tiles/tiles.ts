/** Whole images through a network in bands, for a translator. */
import { type Domain, readTensor, tensor, type Tensor2D } from '@munit/core';
import { generatorLayer, type GeneratorsArchitecture } from '@munit/formats';
import type { FloatImage, Size } from '@munit/images';
import { type MapSize, type Step as NetworkStep, stepsOf, traceSteps } from '@munit/layers';
import type { Engine } from '../networks/engine.js';
import type { BandsEstimate } from '../networks/estimate.js';
import { computeOn } from './convolve.js';
import { decodeRows, encodeContentRows, encodeStyleRows, isPassing, type TileRun } from './network.js';
import { eachBand, type Rows, type Step, type StoredRows } from './rows.js';

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

function runOn(engine: Engine, height: number, rows: number, step: Step): TileRun {
  return { compute: computeOn(engine), step, height, bandRows: (h) => Math.max(1, Math.floor((rows * h) / height)) };
}

/** The content of a padded image. */
export async function encodeInBands(engine: Engine, domain: Domain, image: FloatImage, { rows }: BandsEstimate, step: Step): Promise<BandedContent> {
  const { width, height } = image;
  const map = await encodeContentRows(runOn(engine, height, rows, step), rowsOf(image), engine.networks[domain].parts.encoder);
  return { map, rows, size: { width, height } };
}

/** The image that a content gives, cut to `size`. */
export async function decodeInBands(engine: Engine, to: Domain, content: BandedContent, style: Float32Array | undefined, size: Size, step: Step): Promise<FloatImage> {
  const { decoder, adaIn } = engine.networks[to].parts;
  const parameters = style === undefined || adaIn === undefined ? undefined : await adaInOf(engine, adaIn, style);
  const rows = await decodeRows(runOn(engine, content.size.height, content.rows, step), content.map, decoder, parameters);
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

/** How many bands all passes over an image take, for reporting progress: those of the encoder, and of each decoding. */
export function countBands(architecture: GeneratorsArchitecture, height: number, rows: number): { readonly encode: number; readonly decode: number } {
  const bands = Math.ceil(height / rows);
  const { contentEncoder, decoder } = generatorLayer(architecture, 'a').describe().roles;
  const channels = architecture.inputDim.a;
  const content = traceSteps(stepsOf(contentEncoder.node), { height, width: height, channels }).at(-1)!.output;
  return {
    encode: bands * passesOf(stepsOf(contentEncoder.node), { height, width: height, channels }, height),
    decode: bands * passesOf(stepsOf(decoder.node), content, height),
  };
}

/** How often bands of a whole map are gone through. */
function passesOf(steps: readonly NetworkStep[], input: MapSize, fullHeight: number): number {
  let [passes, x] = [0, input];
  steps.forEach((step, i) => {
    const traced = traceSteps([step], x);
    x = traced.at(-1)!.output;
    const next = steps[i + 1];
    // A kept map is gone through twice, to be made and to be normalised; a passing one is measured, and made on the way to the next.
    if (step.kind === 'residual') passes += 2 * step.body.length;
    else if (next === undefined && step.kind === 'weighted' && step.norm === undefined) passes += 1;
    else passes += isPassing(x.height, fullHeight, next) ? 1 : 2;
  });
  return passes;
}
