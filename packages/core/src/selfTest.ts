/** A few moments' proof that a device computes what it should, and how fast: for `munit doctor`, and for programs that start up. */
import { grad } from './autodiff/valueAndGrad.js';
import type { Device } from './devices/devices.js';
import { readTensor } from './devices/readTensor.js';
import { conv2d } from './ops/conv2d/conv2d.js';
import { dot } from './ops/reductions/sums.js';
import { type Scalar, type Tensor, type Tensor4D, tensor, tidy } from './tfjs.js';

/** What `selfTest` found. */
export interface SelfTest {
  /** Whether values and gradients are those of the formula. */
  readonly passed: boolean;
  /** The largest error, as a share of the largest value. */
  readonly error: number;
  /** The first step, with whatever the device prepares before it, in milliseconds. */
  readonly firstMs: number;
  /** The quickest of the steps after it, in milliseconds; of a device whose first step takes more than 4 s, that one. */
  readonly bestMs: number;
  /** Multiply-adds and twice as many operations: of the quickest step, in 10⁹ operations a second. */
  readonly gflops: number;
}

const size = 64;
const channels = 64;
const allowed = 1e-5;
const longest = 400; // ms for the repetitions
const slow = 4000; // ms of a first step that is not repeated: plain JavaScript on a busy machine would keep its user waiting for no more insight

/**
 * A 3×3 convolution with a mirrored border of [1, 64, 64, 64] to 64 channels, all weights 1/64, forward and its gradient by the input.
 *
 * With x = the row number i, y(i) = 9 i + 3 (2 on the first row, −2 on the last); with dy = 1, dx = g(i) g(j), where g counts the
 * windows that see a row: 2, 4, 3, …, 3, 4, 2.
 *
 * @throws DeviceLostError when the device is lost meanwhile
 */
export async function selfTest(device: Device): Promise<SelfTest> {
  device.activate();
  const rows = Float32Array.from({ length: size * size * channels }, (_, at) => Math.floor(at / (size * channels)));
  const x = tensor(rows, [1, size, size, channels], 'float32') as Tensor4D;
  const weights = tensor(new Float32Array(9 * channels * channels).fill(1 / channels), [3, 3, channels, channels], 'float32') as Tensor4D;
  const ones = tensor(new Float32Array(size * size * channels).fill(1), [1, size, size, channels], 'float32') as Tensor4D;
  const convolve = (input: Tensor): Tensor4D => conv2d(input as Tensor4D, weights, undefined, { pad: { mode: 'reflect', size: 1 } });
  try {
    const step = async (): Promise<{ readonly ms: number; readonly error: number }> => {
      const start = performance.now();
      const [y, dx] = [tidy(() => convolve(x)), grad((input) => dot(convolve(input), ones) as Scalar, x)];
      const [values, gradient] = [await readTensor(y), await readTensor(dx)];
      const ms = performance.now() - start;
      y.dispose();
      dx.dispose();
      return { ms, error: Math.max(worst(values, expectedValue), worst(gradient, expectedGradient)) };
    };
    const first = await step();
    let [best, spent, error] = first.ms > slow ? [first.ms, Infinity, first.error] : [Infinity, 0, first.error];
    while (spent === 0 || (spent < longest && spent + best < 2 * longest)) {
      const next = await step();
      spent += next.ms;
      best = Math.min(best, next.ms);
      error = Math.max(error, next.error);
    }
    // Forward twice (once to be read, once on the tape) and the gradient by the input.
    const operations = 3 * 2 * size * size * 9 * channels * channels;
    return { passed: error <= allowed, error, firstMs: first.ms, bestMs: best, gflops: operations / best / 1e6 };
  } finally {
    for (const t of [x, weights, ones]) t.dispose();
  }
}

const border = (i: number): number => (i === 0 ? 2 : i === size - 1 ? -2 : 0);
const seen = (i: number): number => [2, 4][Math.min(i, size - 1 - i)] ?? 3;

const expectedValue = (i: number): number => 9 * i + 3 * border(i);
const expectedGradient = (i: number, j: number): number => seen(i) * seen(j);

/** The largest distance from `expected`, as a share of its largest value; infinite where something is not a number. */
function worst(values: Float32Array, expected: (i: number, j: number) => number): number {
  let [error, largest] = [0, 0];
  for (const [at, value] of values.entries()) {
    const truth = expected(Math.floor(at / (size * channels)), Math.floor(at / channels) % size);
    largest = Math.max(largest, truth);
    error = Number.isFinite(value) ? Math.max(error, Math.abs(value - truth)) : Infinity;
    if (error === Infinity) break;
  }
  return error / largest;
}
