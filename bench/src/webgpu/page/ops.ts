/** Single ops, by munit's programs and composed: forward, and all gradients with it. */
import { conv2d, dot, normalize, readTensor, type Tensor, tensor, type Tensor4D, tidy, treeLeaves, valueAndGrad } from '@munit/core';
import { withoutOurKernels } from '../../tfjs/webgpu.js';
import type { Counter, Counts } from './counting.js';
import { device } from './ours.js';
import type { Subject } from './subject.js';

type Image = Tensor4D;
interface Op {
  readonly name: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly apply: (inputs: Readonly<Record<string, Tensor>>) => Image;
}

const reflect = (size: number) => ({ mode: 'reflect', size }) as const;
const convolution = (name: string, size: number, channels: number, kernel: number, outputs: number, options: Parameters<typeof conv2d>[3]): Op => ({
  name,
  shapes: { x: [1, size, size, channels], weights: [kernel, kernel, channels, outputs], bias: [outputs] },
  apply: ({ x, weights, bias }) => conv2d(x as Image, weights as Image, bias as Parameters<typeof conv2d>[2], options),
});
const norm = (name: string, size: number, channels: number, over: 'instance' | 'layer'): Op => ({
  name,
  shapes: { x: [1, size, size, channels], scale: [channels], shift: [channels], residual: [1, size, size, channels] },
  apply: ({ x, scale, shift, residual }) =>
    normalize(x as Image, { over, scale: scale as Parameters<typeof conv2d>[2], shift: shift as Parameters<typeof conv2d>[2], residual: residual as Image, activation: 'relu' }),
});

/** Those of the network at a sixteenth of its width and a quarter of its size. */
export const ops: readonly Op[] = [
  convolution('conv 7×7 reflect, 3 to 16', 32, 3, 7, 16, { pad: reflect(3) }),
  convolution('conv 4×4 stride 2 reflect, 16 to 32', 32, 16, 4, 32, { pad: reflect(1), stride: 2 }),
  convolution('conv 3×3 reflect, 64 to 64', 16, 64, 3, 64, { pad: reflect(1) }),
  convolution('conv 5×5 reflect after doubling, 32 to 16', 16, 32, 5, 16, { pad: reflect(2), upsample: 2 }),
  convolution('conv 7×7 reflect, 16 to 3, tanh', 32, 16, 7, 3, { pad: reflect(3), activation: 'tanh' }),
  norm('instance norm, affine, relu, residual', 16, 64, 'instance'),
  norm('layer norm, affine, relu, residual', 32, 32, 'layer'),
];

export interface OpFigures {
  readonly name: string;
  readonly pass: 'forward' | 'gradients';
  readonly fused: { readonly ms: number; readonly counts: Counts };
  readonly composed: { readonly ms: number; readonly counts: Counts };
  readonly difference: number;
}

const filled = (shape: readonly number[]): Tensor => {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898) / 2);
  return tensor(data, [...shape]);
};

function subjectOf({ apply }: Op, inputs: Readonly<Record<string, Tensor>>, pass: 'forward' | 'gradients', fused: boolean): Subject {
  const work = (): Tensor[] => {
    if (pass === 'forward') return [tidy(() => apply(inputs))];
    // The cotangent is the output itself: any will do.
    const { value, grads } = valueAndGrad((given: Readonly<Record<string, Tensor>>) => {
      const y = apply(given);
      return { value: dot(y, y), aux: {} };
    }, inputs);
    return [value, ...treeLeaves<Tensor>(grads)];
  };
  return {
    async run() {
      const outputs = fused ? work() : withoutOurKernels(work);
      // The last one is read: all that went before is then done.
      const values = await readTensor(outputs.at(-1) as Tensor);
      for (const output of outputs) output.dispose();
      return values as Float32Array;
    },
  };
}

export async function measureOp(op: Op, pass: 'forward' | 'gradients', runs: number, counter: Counter): Promise<OpFigures> {
  await device();
  const inputs = Object.fromEntries(Object.entries(op.shapes).map(([name, shape]) => [name, filled(shape)]));
  const pair = [true, false].map((fused) => subjectOf(op, inputs, pass, fused)) as [Subject, Subject];
  const { times, counts, difference } = await measurePair(pair, runs, counter);
  for (const input of Object.values(inputs)) input.dispose();
  return { name: op.name, pass, fused: { ms: times[0], counts: counts[0] }, composed: { ms: times[1], counts: counts[1] }, difference };
}

export interface PairFigures {
  /** Medians, ms. */
  readonly times: readonly [number, number];
  readonly counts: readonly [Counts, Counts];
  /** The largest difference of what they computed, as a share of the largest value. */
  readonly difference: number;
}

/** Two who do the same, in turns. */
export async function measurePair(pair: readonly [Subject, Subject], runs: number, counter: Counter): Promise<PairFigures> {
  const times: [number[], number[]] = [[], []];
  const results: Float32Array[] = [];
  const counts: Counts[] = [];
  // Programs are built by the first run, which no clock sees.
  for (const subject of pair) results.push(await subject.run());
  for (let run = 0; run < runs; run++) {
    for (const [i, subject] of pair.entries()) {
      counter.reset();
      const start = performance.now();
      await subject.run();
      times[i as 0 | 1].push(performance.now() - start);
      counts[i] = counter.counts();
    }
  }
  const [ours, theirs] = results as [Float32Array, Float32Array];
  const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  const difference = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? Number.NaN))), 0) / scale;
  return { times: [middle(times[0]), middle(times[1])], counts: counts as [Counts, Counts], difference };
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
