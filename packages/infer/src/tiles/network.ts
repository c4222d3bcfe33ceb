/** A network's steps in bands: what is computed again, what is kept, and where a norm needs all of a map first. */
import { ArgumentError, type Params, readTensor, type Tensor } from '@munit/core';
import { type BranchesStep, paramsAt, type ResidualStep, runnerOf, sequenceOf, type Step, type WeightedStep } from '@munit/layers';
import type { NetworkPart } from '../networks/network.js';
import { type Compute, convolved } from './convolve.js';
import { concatenated, opRows } from './ops.js';
import { isPassing } from './passing.js';
import { eachBand, type Rows, type Step as Pause, StoredRows } from './rows.js';
import { addTo, type Affine, applyAffine, averagedSums, emptySums, identityAffine, type MovingSums, type NormParameters, normAffine, type Sums } from './statistics.js';

export interface TileRun {
  readonly compute: Compute;
  readonly step: Pause;
  /** Rows of the image: of maps at full size. */
  readonly height: number;
  /** Rows of a band of a map of this height, in an image of which `rows` are taken at once. */
  bandRows(height: number): number;
  /** Of a frame of a film: the averages from which norms take their statistics. Undefined: each from its own image. */
  readonly moving?: MovingSums | undefined;
}

/** What a norm does after its statistics, and the activation behind it. */
interface Finish {
  readonly activation: WeightedStep['activation'];
  readonly slope: number | undefined;
  affine(sums: Sums): Affine;
}

/** The style's AdaIN parameters, whose columns the norms take in the order in which they run. */
interface StyleColumns {
  readonly values: Float32Array | undefined;
  next: number;
}

const numbers = async (t: Tensor): Promise<Float32Array> => (await readTensor(t)) as Float32Array;

/** Scale and shift of a norm: learned, from the style (per layer its shifts come first, then its scales), or none. */
async function parametersOf(norm: NonNullable<WeightedStep['norm']>, params: Params, style: StyleColumns): Promise<NormParameters> {
  const { node, path } = norm;
  if (node.norm === 'in') return { scale: undefined, shift: undefined };
  if (node.norm === 'adain') {
    const [at, count] = [style.next, node.channels];
    style.next += 2 * count;
    return { shift: style.values?.subarray(at, at + count), scale: style.values?.subarray(at + count, at + 2 * count) };
  }
  const { scale, shift } = paramsAt<{ readonly scale: Tensor; readonly shift: Tensor }>(params, path);
  return { scale: await numbers(scale), shift: await numbers(shift) };
}

/** What is left to do after a step's convolution; undefined where nothing is. */
async function finishOf({ moving }: TileRun, { norm, activation }: WeightedStep, params: Params, style: StyleColumns): Promise<Finish | undefined> {
  if (norm === undefined) return undefined;
  const parameters = await parametersOf(norm, params, style);
  const learned = activation?.node.activation === 'prelu' ? await numbers(paramsAt<Tensor>(params, activation.path)) : undefined;
  return { activation, slope: learned?.[0], affine: (sums) => normAffine(norm.node, moving === undefined ? sums : averagedSums(moving, norm.path, norm.node, sums), parameters) };
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
function finished(rows: Rows, { activation, slope }: Finish, affine: Affine): Rows {
  return {
    ...rows,
    async read(from, to) {
      const values = await rows.read(from, to);
      applyAffine(values, affine, activation?.node, slope);
      return values;
    },
  };
}

/** A kept map's norm, activation and residual sum, in its place; the residual is given back as it goes, if asked. */
async function finishStored(run: TileRun, map: StoredRows, finish: Finish | undefined, affine: Affine, residual?: { readonly map: StoredRows; readonly release: boolean }): Promise<void> {
  await eachBand(map.height, map.bandRows, run.step, (from, to) => {
    const index = from / map.bandRows;
    applyAffine(map.bands[index]!, affine, finish?.activation?.node, finish?.slope, residual?.map.bands[index]);
    if (residual?.release === true) residual.map.forget(to);
  });
}

/** A step as a kept map. */
async function kept(run: TileRun, source: Rows, step: WeightedStep, params: Params, style: StyleColumns, release: boolean): Promise<StoredRows> {
  const finish = await finishOf(run, step, params, style);
  const { map, sums } = await collect(run, convolved(run.compute, source, step, params), release);
  if (finish !== undefined) await finishStored(run, map, finish, finish.affine(sums));
  return map;
}

/** A step whose map is larger than what it is made of: measured once, and computed again where it is read. */
async function passing(run: TileRun, source: Rows, step: WeightedStep, params: Params, style: StyleColumns): Promise<Rows> {
  const rows = convolved(run.compute, source, step, params);
  const finish = await finishOf(run, step, params, style);
  return finish === undefined ? rows : finished(rows, finish, finish.affine(await measure(run, rows)));
}

/** y = shortcut(x) + body(x), of bodies that are not weights alone. */
async function residualOfAny(run: TileRun, x: StoredRows, { body, shortcut }: ResidualStep, params: Params, style: StyleColumns): Promise<StoredRows> {
  const past = shortcut === undefined ? x : await stored(run, await runChain(run, x, shortcut, params, style));
  const map = await stored(run, await runChain(run, x, body, params, style));
  await finishStored(run, map, undefined, identityAffine(map.channels), { map: past, release: false });
  return map;
}

/** y = x + body(x). `keep`: the input is used again. */
async function residual(run: TileRun, x: StoredRows, step: ResidualStep, params: Params, style: StyleColumns, keep: boolean): Promise<StoredRows> {
  const { body, shortcut } = step;
  if (shortcut !== undefined || !body.every(({ kind }) => kind === 'weighted')) return residualOfAny(run, x, step, params, style);
  const last = weighted(body.at(-1));
  let inner = x;
  for (const step of body.slice(0, -1)) inner = await kept(run, inner, weighted(step), params, style, inner !== x);
  const finish = await finishOf(run, last, params, style);
  const { map, sums } = await collect(run, convolved(run.compute, inner, last, params), inner !== x);
  await finishStored(run, map, finish, finish === undefined ? identityAffine(map.channels) : finish.affine(sums), { map: x, release: !keep });
  return map;
}

function weighted(step: Step | undefined): WeightedStep {
  if (step?.kind === 'weighted') return step;
  throw new ArgumentError(`A step '${step?.kind === 'op' ? step.op.node.op : String(step?.kind)}' cannot run in bands here.`, { remedy: 'Translate a smaller image, at once.' });
}

/** The channels of all branches; a branch without steps is the input. */
async function branches(run: TileRun, x: StoredRows, { branches: all }: BranchesStep, params: Params, style: StyleColumns): Promise<Rows> {
  const maps: Rows[] = [];
  for (const branch of all) maps.push(await stored(run, await runChain(run, x, branch, params, style)));
  return concatenated(maps as [Rows, ...Rows[]]);
}

const runSteps = (run: TileRun, source: Rows, { steps, params }: NetworkPart, style?: Float32Array): Promise<Rows> => runChain(run, source, steps, params, { values: style, next: 0 });

/** The output of a chain of steps. The source stays; a last step without a norm is computed when its rows are asked for. */
async function runChain(run: TileRun, source: Rows, steps: readonly Step[], params: Params, style: StyleColumns): Promise<Rows> {
  let x = source;
  for (const [i, step] of steps.entries()) {
    const next = steps[i + 1];
    if (step.kind === 'residual') {
      x = await residual(run, await stored(run, x), step, params, style, x === source);
      continue;
    }
    if (step.kind === 'branches') {
      x = await branches(run, await stored(run, x), step, params, style);
      continue;
    }
    if (step.kind === 'op') {
      const { node, path } = step.op;
      const learned = node.op === 'activation' && node.activation === 'prelu' ? (await numbers(paramsAt<Tensor>(params, path)))[0] : undefined;
      x = opRows(x, step, { style: style.values, slope: learned });
      continue;
    }
    const convolution = weighted(step);
    const { height } = convolved(run.compute, x, convolution, params);
    const lazy = next === undefined && convolution.norm === undefined;
    x = lazy || isPassing(height, run.height, next) ? await passing(run, x, convolution, params, style) : await kept(run, x, convolution, params, style, x !== source);
  }
  return x;
}

const stored = async (run: TileRun, rows: Rows): Promise<StoredRows> => (rows instanceof StoredRows ? rows : (await collect(run, rows, false)).map);

/** image -> content, kept. The first map, at full size, is computed twice. */
export async function encodeContentRows(run: TileRun, image: Rows, encoder: NetworkPart): Promise<StoredRows> {
  return stored(run, await runSteps(run, image, encoder));
}

/** content -> image, computed when its rows are asked for; the content stays. The last map but one, at full size, is computed twice. */
export function decodeRows(run: TileRun, content: StoredRows, decoder: NetworkPart, adaIn: Float32Array | undefined): Promise<Rows> {
  return runSteps(run, content, decoder, adaIn);
}

/** image -> style code: in bands up to the average over the image, and the rest at once. */
export async function encodeStyleRows(run: TileRun, image: Rows, { steps, params }: NetworkPart): Promise<Float32Array> {
  const pool = steps.findIndex((step) => step.kind === 'op' && step.op.node.op === 'globalAveragePool');
  if (pool < 0) throw new ArgumentError('A style encoder without a global average cannot run in bands.', { remedy: 'Use a smaller example image.' });
  const features = await runSteps(run, image, { steps: steps.slice(0, pool), params });
  const sums = await measure(run, features);
  const mean = Float32Array.from(sums.sum, (s) => s / sums.count);
  const rest = runnerOf('style encoder', sequenceOf(steps.slice(pool + 1)));
  return run.compute({ values: mean, shape: [1, 1, 1, mean.length] }, (y) => rest.run(params, y));
}
