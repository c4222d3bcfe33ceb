/** Norms over the whole map from sums of its bands: exact, in float64. */
import { ArgumentError } from '@munit/core';
import type { ActivationNode, NormNode } from '@munit/layers';

/** Per channel, the number of values, their sum and the sum of their squares. */
export interface Sums {
  count: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

export const emptySums = (channels: number): Sums => ({ count: 0, sum: new Float64Array(channels), squares: new Float64Array(channels) });

/** Adds values [rows, W, C]. */
export function addTo({ sum, squares }: Sums, values: Float32Array): number {
  const channels = sum.length;
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const v = values[i + c]!;
      sum[c]! += v;
      squares[c]! += v * v;
    }
  }
  return values.length / channels;
}

/** The averages of norms over the frames of a film, by their paths; of a layer norm, one of each. What `MovingStatistics` are on a device. */
export interface MovingSums {
  /** The share of the next frame in the averages, above 0 and at most 1. */
  share: number;
  readonly averages: Map<string, { readonly mean: Float64Array; readonly variance: Float64Array }>;
}

const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** Mean and biased variance of each channel; of a layer norm those of all values, for each channel. */
function momentsOf({ over }: Pick<NormNode, 'over'>, { count, sum, squares }: Sums): { readonly mean: Float64Array; readonly variance: Float64Array } {
  if (over !== 'layer') {
    const mean = sum.map((s) => s / count);
    return { mean, variance: squares.map((q, c) => Math.max(0, q / count - mean[c]! ** 2)) };
  }
  const n = count * sum.length;
  const mean = total(sum) / n;
  return { mean: sum.map(() => mean), variance: sum.map(() => Math.max(0, total(squares) / n - mean * mean)) };
}

/** The sums whose statistics are the averages with this frame in them: `normalizeMoving` of `@munit/core`, in float64. */
export function averagedSums(moving: MovingSums, path: string, node: Pick<NormNode, 'over'>, sums: Sums): Sums {
  const own = momentsOf(node, sums);
  const before = moving.averages.get(path);
  const { share } = moving;
  const d = (c: number): number => own.mean[c]! - before!.mean[c]!;
  const next =
    before === undefined || share === 1
      ? own
      : {
          mean: before.mean.map((mean, c) => mean + share * d(c)),
          variance: before.variance.map((variance, c) => variance + (share * (own.variance[c]! - variance) + share * (1 - share) * d(c) ** 2)),
        };
  moving.averages.set(path, next);
  const { count } = sums;
  return { count, sum: next.mean.map((mean) => mean * count), squares: next.variance.map((variance, c) => (variance + next.mean[c]! ** 2) * count) };
}

/** y = f(gain · x + offset), per channel. */
export interface Affine {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/** What a norm multiplies and adds after its statistics; 1 and 0 where it learned nothing. */
export interface NormParameters {
  readonly scale: ArrayLike<number> | undefined;
  readonly shift: ArrayLike<number> | undefined;
}

function affineOf(channels: number, mean: (c: number) => number, inverse: (c: number) => number, { scale, shift }: NormParameters): Affine {
  const gain = Float64Array.from({ length: channels }, (_, c) => inverse(c) * (scale?.[c] ?? 1));
  return { gain, offset: gain.map((g, c) => (shift?.[c] ?? 0) - mean(c) * g) };
}

/** y = x. */
export const identityAffine = (channels: number): Affine => ({ gain: new Float64Array(channels).fill(1), offset: new Float64Array(channels) });

/** What a norm is, once its statistics are known. @throws ArgumentError for a norm over the batch, which one image does not have */
export function normAffine({ over, epsilon }: Pick<NormNode, 'over' | 'epsilon'>, sums: Sums, parameters: NormParameters): Affine {
  switch (over) {
    case 'instance':
      return instanceAffine(sums, epsilon, parameters);
    case 'layer':
      return layerAffine(sums, epsilon, parameters);
    case 'batch':
      throw new ArgumentError('A batch norm cannot run in bands.', { remedy: 'Translate a smaller image, at once.' });
    default:
      return over satisfies never;
  }
}

/** Instance norm and AdaIN: mean and biased variance of each channel, ε added to the variance. */
export function instanceAffine({ count, sum, squares }: Sums, epsilon: number, parameters: NormParameters): Affine {
  const mean = sum.map((s) => s / count);
  const inverse = squares.map((q, c) => 1 / Math.sqrt(Math.max(0, q / count - mean[c]! ** 2) + epsilon));
  return affineOf(sum.length, (c) => mean[c]!, (c) => inverse[c]!, parameters);
}

/** MUNIT's layer norm: mean and unbiased deviation over everything, ε added to the deviation. */
export function layerAffine({ count, sum, squares }: Sums, epsilon: number, parameters: NormParameters): Affine {
  const n = count * sum.length;
  const mean = total(sum) / n;
  const deviation = Math.sqrt(Math.max(0, total(squares) - n * mean * mean) / (n - 1));
  return affineOf(sum.length, () => mean, () => 1 / (deviation + epsilon), parameters);
}

/** The negative side of an activation that is a line on both sides. */
const slopeOf = (activation: ActivationNode | undefined, learned: number | undefined): number | undefined =>
  activation === undefined ? 1 : activation.activation === 'prelu' ? learned : activation.slope;

function curve({ activation, selu }: ActivationNode): (v: number) => number {
  if (activation === 'tanh' || selu === undefined) return Math.tanh;
  const { scale, alpha } = selu;
  return (v) => scale * (v > 0 ? v : alpha * Math.expm1(v));
}

/** Values [rows, W, C] in place: f(gain · x + offset) + residual. `slope`: of a PReLU. */
export function applyAffine(values: Float32Array, { gain, offset }: Affine, activation: ActivationNode | undefined, slope?: number, residual?: Float32Array): void {
  const channels = gain.length;
  const line = slopeOf(activation, slope);
  const f = line === undefined && activation !== undefined ? curve(activation) : undefined;
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const v = values[i + c]! * gain[c]! + offset[c]!;
      values[i + c] = f !== undefined ? f(v) : v < 0 ? v * line! : v;
    }
  }
  if (residual !== undefined) for (let i = 0; i < values.length; i++) values[i]! += residual[i]!;
}
