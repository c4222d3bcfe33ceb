import type { FusedActivation } from '../activation/activation.js';
import { activation64, activationSlope64 } from '../activation/reference.js';
import { accumulate, type Array64, get, map64, zeros } from '../shared/reference.js';

/** The options other than tensors. */
export interface BatchNormSettings {
  readonly activation: FusedActivation;
  readonly epsilon: number;
}

/** Arrays of the op; statistics and affine of shape [C]. */
export interface BatchNormInputs {
  readonly x: Array64;
  readonly mean: Array64;
  readonly variance: Array64;
  readonly scale?: Array64 | undefined;
  readonly shift?: Array64 | undefined;
}

/** (x − mean) / √(variance + ε) of the value at a flat index. */
function normalized({ x, mean, variance }: BatchNormInputs, index: number, epsilon: number): number {
  const c = index % mean.data.length;
  return (get(x, index) - get(mean, c)) / Math.sqrt(get(variance, c) + epsilon);
}

const affine = ({ mean, scale, shift }: BatchNormInputs, value: number, index: number): number => {
  const c = index % mean.data.length;
  return value * (scale === undefined ? 1 : get(scale, c)) + (shift === undefined ? 0 : get(shift, c));
};

export const batchNormReference = {
  forward: (inputs: BatchNormInputs, { activation, epsilon }: BatchNormSettings): Array64 =>
    map64(inputs.x, (_, i) => activation64(affine(inputs, normalized(inputs, i, epsilon), i), activation)),

  backward(inputs: BatchNormInputs, { activation, epsilon }: BatchNormSettings, dy: Array64): { x: Array64; scale: Array64 | undefined; shift: Array64 | undefined } {
    const { x, mean, variance, scale, shift } = inputs;
    const channels = mean.data.length;
    const [dScale, dShift] = [zeros([channels]), zeros([channels])];
    const dx = map64(x, (_, i) => {
      const c = i % channels;
      const u = normalized(inputs, i, epsilon);
      const dz = get(dy, i) * activationSlope64(affine(inputs, u, i), activation);
      accumulate(dScale, c, dz * u);
      accumulate(dShift, c, dz);
      return (dz * (scale === undefined ? 1 : get(scale, c))) / Math.sqrt(get(variance, c) + epsilon);
    });
    return { x: dx, scale: scale === undefined ? undefined : dScale, shift: shift === undefined ? undefined : dShift };
  },
};

/** (1 − m) r + m s, s the mean and the unbiased variance of each channel. */
export function runningStatisticsReference({ x, mean, variance }: BatchNormInputs, momentum: number): { readonly mean: Array64; readonly variance: Array64 } {
  const channels = mean.data.length;
  const valuesOf = (channel: number): number[] => [...x.data].filter((_, i) => i % channels === channel);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const means = map64(mean, (_, c) => average(valuesOf(c)));
  const variances = map64(mean, (_, c) => {
    const values = valuesOf(c);
    return values.reduce((sum, value) => sum + (value - get(means, c)) ** 2, 0) / (values.length - 1);
  });
  const blend = (running: Array64, batch: Array64): Array64 => map64(running, (value, c) => (1 - momentum) * value + momentum * get(batch, c));
  return { mean: blend(mean, means), variance: blend(variance, variances) };
}
