/** The networks' parts in bands: what is computed again, what is kept, and where a norm needs all of a map first. */
import { readTensor, type Tensor } from '@munit/core';
import type {
  ContentEncoder,
  ContentEncoderParams,
  ConvBlock,
  ConvBlockParams,
  Decoder,
  DecoderParams,
  LayerActivation,
  ResidualBlock,
  ResidualBlockParams,
  StyleEncoder,
  StyleEncoderParams,
} from '@munit/layers';
import type { Part } from '../networks/network.js';
import { type Compute, convolved } from './convolve.js';
import { addTo, type Affine, applyAffine, emptySums, instanceAffine, layerAffine, type NormParameters, type Sums } from './statistics.js';
import { eachBand, type Rows, type Step, StoredRows } from './rows.js';

export interface TileRun {
  readonly compute: Compute;
  readonly step: Step;
  /** Rows of a band of a map of this height, in an image of which `rows` are taken at once. */
  bandRows(height: number): number;
}

/** What a norm does after its statistics, and the activation behind it. */
interface Finish {
  readonly activation: LayerActivation;
  readonly slope: number | undefined;
  affine(sums: Sums): Affine;
}

const numbers = async (t: Tensor | undefined): Promise<Float32Array | undefined> => (t === undefined ? undefined : ((await readTensor(t)) as Float32Array));

/** `adaIn`: scale and shift of a block whose norm takes them from the style. */
async function finishOf(block: ConvBlock, params: ConvBlockParams, adaIn?: NormParameters): Promise<Finish> {
  const [slope] = (await numbers(params.slope)) ?? [];
  const parameters: NormParameters = adaIn ?? { scale: await numbers(params.norm?.scale), shift: await numbers(params.norm?.shift) };
  const affine = block.norm === 'ln' ? layerAffine : instanceAffine;
  return { activation: block.activation, slope, affine: (sums) => affine(sums, parameters) };
}

/** Computes all of a map, keeps it, and lets go of the rows it came from. */
async function collect(run: TileRun, rows: Rows, release: boolean): Promise<{ readonly map: StoredRows; readonly sums: Sums }> {
  const map = new StoredRows(rows, run.bandRows(rows.height));
  const sums = emptySums(rows.channels);
  await eachBand(rows.height, map.bandRows, run.step, async (from, to) => {
    // A copy: what was computed may be a part of something larger.
    const values = (await rows.read(from, to)).slice();
    sums.count += addTo(sums, values);
    map.push(values);
    if (release && to < rows.height) rows.forget?.(to);
  });
  return { map, sums };
}

/** The statistics of a map that is too large to be kept. */
async function measure(run: TileRun, rows: Rows): Promise<Sums> {
  const sums = emptySums(rows.channels);
  await eachBand(rows.height, run.bandRows(rows.height), run.step, async (from, to) => {
    sums.count += addTo(sums, await rows.read(from, to));
  });
  return sums;
}

/** A map's norm and activation, when its rows are asked for. */
function finished(rows: Rows, finish: Finish, affine: Affine): Rows {
  return {
    ...rows,
    async read(from, to) {
      const values = await rows.read(from, to);
      applyAffine(values, affine, finish.activation, finish.slope);
      return values;
    },
  };
}

/** A kept map's norm, activation and residual sum, in its place; the residual is given back as it goes, if asked. */
async function finishStored(run: TileRun, map: StoredRows, finish: Finish, affine: Affine, residual?: { readonly map: StoredRows; readonly release: boolean }): Promise<void> {
  await eachBand(map.height, map.bandRows, run.step, (from, to) => {
    const index = from / map.bandRows;
    applyAffine(map.bands[index]!, affine, finish.activation, finish.slope, residual?.map.bands[index]);
    if (residual?.release === true) residual.map.forget(to);
  });
}

/** A block as a kept map. */
async function keptBlock(run: TileRun, source: Rows, { layer, params }: Part<ConvBlock, ConvBlockParams>, release: boolean, adaIn?: NormParameters): Promise<StoredRows> {
  const { map, sums } = await collect(run, convolved(run.compute, source, layer, params), release);
  if (layer.norm === 'none') return map;
  const finish = await finishOf(layer, params, adaIn);
  await finishStored(run, map, finish, finish.affine(sums));
  return map;
}

/** A block whose map is larger than what it is made of: measured once, and computed again where it is read. */
async function passingBlock(run: TileRun, source: Rows, { layer, params }: Part<ConvBlock, ConvBlockParams>): Promise<Rows> {
  const rows = convolved(run.compute, source, layer, params);
  if (layer.norm === 'none') return rows;
  const finish = await finishOf(layer, params);
  return finished(rows, finish, finish.affine(await measure(run, rows)));
}

/** `keep`: the input is used again. `adaIn`: of both norms. */
async function residual(run: TileRun, x: StoredRows, { layer, params }: Part<ResidualBlock, ResidualBlockParams>, keep: boolean, adaIn?: readonly [NormParameters, NormParameters]): Promise<StoredRows> {
  const inner = await keptBlock(run, x, { layer: layer.first, params: params.first }, false, adaIn?.[0]);
  const { map, sums } = await collect(run, convolved(run.compute, inner, layer.second, params.second), true);
  const finish = await finishOf(layer.second, params.second, adaIn?.[1]);
  await finishStored(run, map, finish, finish.affine(sums), { map: x, release: !keep });
  return map;
}

/** image -> content, kept. The first map, at full size, is computed twice. */
export async function encodeContentRows(run: TileRun, image: Rows, { layer, params }: Part<ContentEncoder, ContentEncoderParams>): Promise<StoredRows> {
  const first = { layer: layer.first, params: params.first };
  let x: Rows = layer.down.length === 0 ? await keptBlock(run, image, first, false) : await passingBlock(run, image, first);
  for (const [i, block] of layer.down.entries()) x = await keptBlock(run, x, { layer: block, params: params.down[i]! }, i > 0);
  for (const [i, block] of layer.residual.entries()) x = await residual(run, x as StoredRows, { layer: block, params: params.residual[i]! }, false);
  return x as StoredRows;
}

/** One block's part of the style's AdaIN parameters, in `adain`'s order: shifts, then scales, of the first norm and of the second. */
function adaInOf(adaIn: Float32Array | undefined, block: ResidualBlock, index: number): readonly [NormParameters, NormParameters] | undefined {
  if (adaIn === undefined) return undefined;
  const { dim } = block.options;
  const at = (from: number): NormParameters => ({ shift: adaIn.subarray(from, from + dim), scale: adaIn.subarray(from + dim, from + 2 * dim) });
  const from = index * block.adaInCount;
  return [at(from), at(from + 2 * dim)];
}

/** content -> image, computed when its rows are asked for; the content stays. The last map but one, at full size, is computed twice. */
export async function decodeRows(run: TileRun, content: StoredRows, { layer, params }: Part<Decoder, DecoderParams>, adaIn: Float32Array | undefined): Promise<Rows> {
  let x: Rows = content;
  for (const [i, block] of layer.residual.entries()) {
    x = await residual(run, x as StoredRows, { layer: block, params: params.residual[i]! }, i === 0, adaInOf(adaIn, block, i));
  }
  for (const [i, block] of layer.up.entries()) {
    const part = { layer: block, params: params.up[i]! };
    x = i === layer.up.length - 1 ? await passingBlock(run, x, part) : await keptBlock(run, x, part, x !== content);
  }
  return convolved(run.compute, x, layer.last, params.last);
}

/** image -> style code: no norms, so that each map is computed once; the first one with the second. */
export async function encodeStyleRows(run: TileRun, image: Rows, { layer, params }: Part<StyleEncoder, StyleEncoderParams>): Promise<Float32Array> {
  let x: Rows = await passingBlock(run, image, { layer: layer.first, params: params.first });
  for (const [i, block] of layer.down.entries()) x = await keptBlock(run, x, { layer: block, params: params.down[i]! }, i > 0);
  const sums = await measure(run, x);
  const mean = Float32Array.from(sums.sum, (s) => s / sums.count);
  return run.compute({ values: mean, shape: [1, 1, 1, mean.length] }, (y) => layer.last.apply(params.last, y));
}
