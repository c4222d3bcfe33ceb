/** Convolutions of maps that are read in bands. */
import { readTensor, tensor, type Tensor, type Tensor4D } from '@munit/core';
import type { ConvBlock, ConvBlockParams, Convolution } from '@munit/layers';
import type { Engine } from '../networks/engine.js';
import type { Rows } from './rows.js';

/** Runs one band on the device. */
export type Compute = <T extends Tensor>(x: { readonly values: Float32Array<ArrayBuffer>; readonly shape: readonly [number, number, number, number] }, work: (x: Tensor4D) => T) => Promise<Float32Array<ArrayBuffer>>;

export const computeOn =
  (engine: Engine): Compute =>
  async ({ values, shape }, work) => {
    const y = await engine.run('A band of the image', () => work(tensor(values, [...shape]) as Tensor4D));
    try {
      return (await readTensor(y)) as Float32Array<ArrayBuffer>;
    } finally {
      y.dispose();
    }
  };

type Geometry = Pick<Convolution['options'], 'kernel' | 'stride' | 'padding' | 'upsample'>;

/** Rows or columns that come out of `size`. */
export const outputSize = ({ kernel, stride, padding, upsample }: Geometry, size: number): number =>
  Math.floor((size * upsample + 2 * padding - kernel) / stride) + 1;

/**
 * The rows of the input, `from` to `to`, whose convolution has the rows `first` to `last` of the output from its row `skip` on. They reach
 * so far that no padding at an inner border gets in; at the map's own borders the padding is the convolution's.
 */
export function inputRows({ kernel, stride, padding, upsample }: Geometry, first: number, last: number, height: number): { from: number; to: number; skip: number } {
  const top = Math.max(0, first * stride - padding);
  // A band begins where a stride does, so that its rows are those of the whole.
  const aligned = Math.floor(Math.floor(top / upsample) * upsample / stride) * stride;
  const from = Math.floor(aligned / upsample);
  const bottom = (last - 1) * stride - padding + kernel;
  return { from, to: Math.min(height, Math.ceil(bottom / upsample)), skip: first - (from * upsample) / stride };
}

/** The convolution of a block, computed when its rows are asked for; with its activation where it has no norm. */
export function convolved(compute: Compute, source: Rows, block: ConvBlock, params: ConvBlockParams): Rows {
  const { options } = block.convolution;
  const [height, width] = [outputSize(options, source.height), outputSize(options, source.width)];
  const channels = options.outChannels;
  const apply = (x: Tensor4D): Tensor4D => (block.norm === 'none' ? block.apply(params, x) : block.convolution.apply(params.conv, x));
  const forget = source.forget?.bind(source);
  return {
    height,
    width,
    channels,
    async read(first, last) {
      const { from, to, skip } = inputRows(options, first, last, source.height);
      const values = await source.read(from, to);
      const band = await compute({ values, shape: [1, to - from, source.width, source.channels] }, apply);
      const row = width * channels;
      return band.subarray(skip * row, (skip + last - first) * row);
    },
    ...(forget && { forget: (before) => forget(inputRows(options, before, before + 1, source.height).from) }),
  };
}
