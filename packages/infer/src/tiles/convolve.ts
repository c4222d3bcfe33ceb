/** Convolutions of maps that are read in bands. */
import { ArgumentError, type Params, readTensor, tensor, type Tensor, type Tensor4D } from '@munit/core';
import { type ConvolutionNode, convolvedSize, runnerOf, sequenceOf, type TransposedConvolutionNode, type WeightedStep } from '@munit/layers';
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

type Geometry = Pick<ConvolutionNode, 'kernel' | 'stride' | 'padding' | 'upsample'>;

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

/** The same of a transposed convolution: the rows that reach the rows `first` to `last` of the output, which begin at its row `skip`. */
export function transposedInputRows({ kernel, stride, padding }: Pick<TransposedConvolutionNode, 'kernel' | 'stride' | 'padding'>, first: number, last: number, height: number): { from: number; to: number; skip: number } {
  const from = Math.max(0, Math.ceil((first + padding - kernel + 1) / stride));
  return { from, to: Math.min(height, Math.floor((last - 1 + padding) / stride) + 1), skip: first - from * stride };
}

/** The convolution of a step, computed when its rows are asked for; with its activation where it has no norm. */
export function convolved(compute: Compute, source: Rows, step: WeightedStep, params: Params): Rows {
  const { node } = step.weight;
  if (node.op === 'dense') throw new ArgumentError(`A step '${node.op}' cannot run in bands.`, { remedy: 'Translate a smaller image, at once.' });
  const transposed = node.op === 'transposedConvolution';
  const sizeOf = (size: number): number => (transposed ? (size - 1) * node.stride - 2 * node.padding + node.kernel + node.outputPadding : convolvedSize(node, size));
  const rowsFor = (first: number, last: number): ReturnType<typeof inputRows> => (transposed ? transposedInputRows(node, first, last, source.height) : inputRows(node, first, last, source.height));
  const [height, width] = [sizeOf(source.height), sizeOf(source.width)];
  const channels = node.outChannels;
  const runner = runnerOf('A band', sequenceOf([step.norm === undefined ? step : { ...step, norm: undefined, activation: undefined }]));
  const forget = source.forget?.bind(source);
  return {
    height,
    width,
    channels,
    async read(first, last) {
      const { from, to, skip } = rowsFor(first, last);
      const values = await source.read(from, to);
      const band = await compute({ values, shape: [1, to - from, source.width, source.channels] }, (x) => runner.run(params, x));
      const row = width * channels;
      return band.subarray(skip * row, (skip + last - first) * row);
    },
    ...(forget && { forget: (before) => forget(rowsFor(before, before + 1).from) }),
  };
}
