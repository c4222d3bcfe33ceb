/**
 * Linear maps of images with given constants, one set per sample: the parts of differentiable augmentation
 * (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training"). The caller draws the constants.
 */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError } from '../../errors/index.js';
import { type Tensor, type Tensor4D, tensor } from '../../tfjs.js';
import { checkRank, checkShape } from '../shared/check.js';
import * as raw from '../shared/raw.js';

const perSample = (values: readonly number[]): Tensor => tensor([...values], [values.length, 1, 1, 1]);

function checkSamples(op: string, x: Tensor4D, count: number): void {
  checkRank(op, 'x', x, 4, '[N, H, W, C]');
  if (count !== x.shape[0]) throw new ArgumentError(`${op}: each of the ${x.shape[0]} samples needs a constant, but there are ${count}.`);
}

/** y[n] = x[n] + by[n] (brightness). @throws ArgumentError unless there is one number for each sample */
export function shiftBrightness(x: Tensor4D, by: readonly number[]): Tensor4D {
  checkSamples('shiftBrightness', x, by.length);
  return differentiable<Tensor4D>({
    name: 'shiftBrightness',
    inputs: [x],
    forward: () => raw.add(x, perSample(by)) as Tensor4D,
    pullback: ({ dy }) => [dy],
  });
}

/**
 * y = f x + (1 − f) mean(x), f per sample. The mean is over the channels of each pixel (`pixel`: saturation) or over
 * the whole sample (`sample`: contrast). The map is its own adjoint.
 */
export function blendWithMean(x: Tensor4D, over: 'pixel' | 'sample', factors: readonly number[]): Tensor4D {
  checkSamples('blendWithMean', x, factors.length);
  const axes = over === 'pixel' ? [3] : [1, 2, 3];
  const map = (t: Tensor4D): Tensor4D =>
    raw.add(raw.mul(t, perSample(factors)), raw.mul(raw.mean(t, axes, true), perSample(factors.map((f) => 1 - f)))) as Tensor4D;
  return differentiable<Tensor4D>({ name: 'blendWithMean', inputs: [x], forward: () => map(x), pullback: ({ dy }) => [blendWithMean(dy, over, factors)] });
}

/**
 * Moves each sample down by rows[n] and right by columns[n] pixels (negative: up, left); what comes in is 0.
 * @throws ArgumentError unless there is a whole number smaller than the image for each sample
 */
export function translateImages(x: Tensor4D, rows: readonly number[], columns: readonly number[]): Tensor4D {
  checkSamples('translateImages', x, rows.length);
  checkSamples('translateImages', x, columns.length);
  const [, h, w] = x.shape;
  if (![...rows].every((r) => Number.isInteger(r) && Math.abs(r) < h) || ![...columns].every((c) => Number.isInteger(c) && Math.abs(c) < w)) {
    throw new ArgumentError(`translateImages: moves must be whole numbers smaller than the image of ${h}×${w}.`);
  }
  return differentiable<Tensor4D>({
    name: 'translateImages',
    inputs: [x],
    forward: () => moved(x, rows, columns),
    pullback: ({ dy }) => [translateImages(dy, rows.map((r) => -r), columns.map((c) => -c))],
  });
}

function moved(x: Tensor4D, rows: readonly number[], columns: readonly number[]): Tensor4D {
  const [, h, w, c] = x.shape;
  const parts = rows.map((row, n) => {
    const column = columns[n] as number;
    const kept = raw.slice(x, [n, Math.max(0, -row), Math.max(0, -column), 0], [1, h - Math.abs(row), w - Math.abs(column), c]);
    return raw.pad(kept, [[0, 0], [Math.max(0, row), Math.max(0, -row)], [Math.max(0, column), Math.max(0, -column)], [0, 0]]);
  });
  return (parts.length === 1 ? parts[0] : raw.concat(parts, 0)) as Tensor4D;
}

/**
 * Mirrors some of the samples, left to right: y[n, i, j] = x[n, i, W − 1 − j] where mirrored[n]. The map is its own adjoint.
 * @throws ArgumentError unless there is a choice for each sample
 */
export function mirrorImages(x: Tensor4D, mirrored: readonly boolean[]): Tensor4D {
  checkSamples('mirrorImages', x, mirrored.length);
  return differentiable<Tensor4D>({ name: 'mirrorImages', inputs: [x], forward: () => someMirrored(x, mirrored), pullback: ({ dy }) => [mirrorImages(dy, mirrored)] });
}

function someMirrored(x: Tensor4D, mirrored: readonly boolean[]): Tensor4D {
  const [, h, w, c] = x.shape;
  const parts = mirrored.map((flip, n) => {
    const sample = raw.slice(x, [n, 0, 0, 0], [1, h, w, c]);
    return flip ? raw.reverse(sample, 2) : sample;
  });
  return (parts.length === 1 ? parts[0] : raw.concat(parts, 0)) as Tensor4D;
}

/** y = x · mask with a mask of shape [N, H, W, 1] that is a constant (cutout). */
export function maskImages(x: Tensor4D, mask: Tensor4D): Tensor4D {
  checkRank('maskImages', 'x', x, 4, '[N, H, W, C]');
  checkShape('maskImages', 'mask', mask, [x.shape[0], x.shape[1], x.shape[2], 1], 'one value per pixel');
  return differentiable<Tensor4D>({
    name: 'maskImages',
    inputs: [x],
    forward: () => raw.mul(x, mask) as Tensor4D,
    pullback: ({ dy }) => [maskImages(dy, mask)],
  });
}
