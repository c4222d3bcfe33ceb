/** Single ops, each pass by itself, by munit's programs and composed. */
import {
  adamUpdate,
  type AdamTensors,
  emaUpdate,
  readTensor,
  type Tensor,
  tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@munit/core';
import {
  composedAveragePool,
  composedConv2d,
  composedNormalize,
  type Conv2dSettings,
  fusedAveragePool,
  fusedConv2d,
  fusedNormalize,
  type NormalizeParameters,
} from '@munit/core/implementations';
import { withoutOurKernels } from '../../tfjs/webgpu.js';
import type { Counter } from './counting.js';
import { measurePair, type PairFigures } from './measure.js';
import { device } from './ours.js';
import type { Subject } from './subject.js';

interface OpPass {
  readonly name: string;
  readonly pass: string;
  /** Somebody who computes it, with tensors of its own. */
  readonly open: (fused: boolean) => Subject & { close(): void };
}

/** A pass that gives new tensors, from inputs that stay. */
function pure(name: string, pass: string, prepare: (fused: boolean) => readonly [inputs: readonly Tensor[], compute: () => readonly Tensor[]]): OpPass {
  return {
    name,
    pass,
    open(fused) {
      const [inputs, compute] = prepare(fused);
      return subject(() => tidy(() => [...compute()]), (made) => made.forEach((output) => output.dispose()), () => inputs.forEach((input) => input.dispose()));
    },
  };
}

/** A pass that continues from its previous result. */
function updating<S>(name: string, start: () => S, next: (state: S) => S, tensorsOf: (state: S) => readonly Tensor[]): OpPass {
  return {
    name,
    pass: 'update',
    open(fused) {
      let state = start();
      const step = (): readonly Tensor[] => tensorsOf((state = fused ? next(state) : withoutOurKernels(() => next(state))));
      return subject(step, () => undefined, () => tensorsOf(state).forEach((held) => held.dispose()));
    },
  };
}

const subject = (compute: () => readonly Tensor[], release: (outputs: readonly Tensor[]) => void, close: () => void): Subject & { close(): void } => ({
  async run() {
    const outputs = compute();
    const values = await readTensor(outputs[0] as Tensor);
    release(outputs);
    return values as Float32Array;
  },
  async again() {
    release(compute());
    await (await device()).synchronize();
  },
  close,
});

const filled = <T extends Tensor>(shape: readonly number[], value = (i: number): number => Math.sin(i * 12.9898) / 2): T =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)), [...shape]) as Tensor as T;

function convolution(name: string, size: number, channels: number, kernel: number, outputs: number, options: Partial<Conv2dSettings>): OpPass[] {
  const parameters: Conv2dSettings = { stride: 1, padMode: 'reflect', pad: 0, upsample: 1, activation: 'none', ...options };
  const by = (fused: boolean): typeof composedConv2d => (fused ? fusedConv2d : composedConv2d);
  const inputs = () => [filled<Tensor4D>([1, size, size, channels]), filled<Tensor4D>([kernel, kernel, channels, outputs]), filled<Tensor1D>([outputs])] as const;
  const forward = pure(name, 'forward', (fused) => {
    const [x, weights, bias] = inputs();
    return [[x, weights, bias], () => [by(fused).forward(x, weights, bias, parameters)]];
  });
  const backward = (['x', 'weights', 'bias'] as const).map((wanted) =>
    pure(name, `d${wanted}`, (fused) => {
      const [x, weights, bias] = inputs();
      const y = fusedConv2d.forward(x, weights, bias, parameters);
      const dy = filled<Tensor4D>(y.shape);
      const needs = { x: wanted === 'x', weights: wanted === 'weights', bias: wanted === 'bias' };
      return [[x, weights, bias, y, dy], () => [by(fused).backward(x, weights, dy, y, parameters, needs)[wanted] as Tensor]];
    }),
  );
  return [forward, ...backward];
}

function norm(name: string, size: number, channels: number, over: 'instance' | 'layer'): OpPass[] {
  const parameters: NormalizeParameters = { over, activation: 'relu', epsilon: 1e-5 };
  const by = (fused: boolean): typeof composedNormalize => (fused ? fusedNormalize : composedNormalize);
  const image = (): Tensor4D => filled([1, size, size, channels]);
  const inputs = () => [image(), filled<Tensor1D>([channels]), filled<Tensor1D>([channels]), image()] as const;
  return [
    pure(name, 'forward', (fused) => {
      const [x, scale, shift, residual] = inputs();
      return [[x, scale, shift, residual], () => [by(fused).forward(x, scale, shift, residual, parameters).y]];
    }),
    pure(name, 'dx, dscale, dshift', (fused) => {
      const [x, scale, shift, dy] = inputs();
      const { y, statistics } = by(fused).forward(x, scale, shift, undefined, parameters);
      const needs = { x: true, scale: true, shift: true };
      const compute = () => Object.values(by(fused).backward(x, scale, shift, dy, statistics, parameters, needs)) as Tensor[];
      return [[x, scale, shift, dy, y, statistics.mean, statistics.inverse], compute];
    }),
  ];
}

function pool(name: string, size: number, channels: number): OpPass[] {
  const shape = [1, size, size, channels] as const;
  const window = { size: 3, stride: 2, padding: 1, countIncludePad: false };
  const by = (fused: boolean): typeof composedAveragePool => (fused ? fusedAveragePool : composedAveragePool);
  return [
    pure(name, 'forward', (fused) => {
      const x = filled<Tensor4D>(shape);
      return [[x], () => [by(fused).forward(x, window)]];
    }),
    pure(name, 'dx', (fused) => {
      const dy = filled<Tensor4D>([1, size / 2, size / 2, channels]);
      return [[dy], () => [by(fused).backward(dy, shape, window)]];
    }),
  ];
}

/** Weights and biases of a few layers. */
const parameterShapes = [[3, 3, 64, 64], [64], [3, 3, 64, 64], [64], [7, 7, 64, 3], [3]];
const parameterTensors = (): Tensor[] => parameterShapes.map((shape) => filled(shape));
const settings = { learningRate: 1e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-4, step: 3 };

/** Those of the network at a fraction of its width and size, but for the pool, which has the size of its image. */
export const ops: readonly OpPass[] = [
  ...convolution('conv 7×7 reflect, 3 to 16', 32, 3, 7, 16, { pad: 3 }),
  ...convolution('conv 4×4 stride 2 reflect, 16 to 32', 32, 16, 4, 32, { pad: 1, stride: 2 }),
  ...convolution('conv 3×3 reflect, 64 to 64', 16, 64, 3, 64, { pad: 1 }),
  ...convolution('conv 3×3 reflect, 256 to 256', 8, 256, 3, 256, { pad: 1 }),
  ...convolution('conv 5×5 reflect after doubling, 32 to 16', 16, 32, 5, 16, { pad: 2, upsample: 2 }),
  ...convolution('conv 7×7 reflect, 16 to 3, tanh', 32, 16, 7, 3, { pad: 3, activation: 'tanh' }),
  ...convolution('conv 1×1, 64 to 1', 16, 64, 1, 1, { padMode: 'zero' }),
  ...norm('instance norm, affine, relu, residual', 16, 64, 'instance'),
  ...norm('layer norm, affine, relu, residual', 32, 32, 'layer'),
  ...pool('average pool, 3 channels', 256, 3),
  updating<{ readonly tensors: AdamTensors; readonly gradients: readonly Tensor[] }>(
    'Adam, 83,142 parameters in 6 tensors',
    () => ({ tensors: { params: parameterTensors(), m: parameterTensors(), v: parameterShapes.map((shape) => filled(shape, (i) => (i % 7) / 7)) }, gradients: parameterTensors() }),
    ({ tensors, gradients }) => ({ tensors: adamUpdate(tensors, gradients, settings), gradients }),
    ({ tensors: { params, m, v }, gradients }) => [...params, ...m, ...v, ...gradients],
  ),
  updating<{ readonly averages: readonly Tensor[]; readonly params: readonly Tensor[] }>(
    'moving average of as many',
    () => ({ averages: parameterTensors(), params: parameterTensors() }),
    ({ averages, params }) => ({ averages: emaUpdate(averages, params, 0.9), params }),
    ({ averages, params }) => [...averages, ...params],
  ),
];

/** Munit's programs beside the composed form, in turns. */
export async function measureOp({ open }: OpPass, runs: number, counter: Counter): Promise<PairFigures> {
  await device();
  const pair = [open(true), open(false)] as const;
  const figures = await measurePair(pair, runs, counter);
  for (const one of pair) one.close();
  return figures;
}
