import { randomArray } from '@munit/testing';
import { describeUpdate, type OpCase } from '@munit/testing/contract';
import { afterAll, describe, expect, test } from 'vitest';
import { environment, need, pick } from '../../../test/contract.js';
import { type Device, openDevice } from '../../devices/devices.js';
import { type Tensor, type Tensor1D, type Tensor4D, tensor } from '../../tfjs.js';
import { activation64 } from '../activation/reference.js';
import type { ChannelStatistics } from '../batchNorm/batchNorm.js';
import type { FusedActivation } from '../activation/activation.js';
import { type Array64, get, map64, zeros } from '../shared/reference.js';
import { type MovingNormalizeOptions, normalizeMoving } from './moving.js';

interface Settings {
  readonly over: 'instance' | 'layer';
  /** Of each image, the first one's included. */
  readonly shares: readonly number[];
  readonly activation?: FusedActivation;
  readonly epsilon?: number;
}

type Shape = readonly [number, number, number, number];

const moving = (name: string, shape: Shape, settings: Settings, extra: Readonly<Record<string, readonly number[]>> = {}, tiny = false): OpCase<Settings> => ({
  name,
  // Images of different brightness and contrast, so that the averages differ from each.
  inputs: { ...Object.fromEntries(settings.shares.map((_, i) => [`x${i}`, randomArray(shape, { seed: 60 + i, scale: 1 + i / 2, shift: 0.7 * i })])), ...extra },
  options: settings,
  tiny,
});

/** By definition: the mean and the variance of all values of all images, each with the weight of its image. */
function reference(inputs: Readonly<Record<string, Array64>>, { over, shares, activation = 'none', epsilon = 1e-5 }: Settings): Record<string, Array64> {
  const images = shares.map((_, i) => need(inputs, `x${i}`));
  const weights = shares.map((share, i) => shares.slice(i + 1).reduce((product, later) => product * (1 - later), i === 0 ? 1 : share));
  const last = images.at(-1)!;
  const channels = last.shape[3]!;
  const counted = over === 'instance' ? last.data.length / channels : last.data.length;
  const weighted = (channel: number, f: (value: number) => number): number =>
    images.reduce((sum, { data }, i) => sum + (weights[i]! * [...data].filter((_, at) => over === 'layer' || at % channels === channel).reduce((total, value) => total + f(value), 0)) / counted, 0);
  const mean = Array.from({ length: channels }, (_, c) => weighted(c, (value) => value));
  const variance = mean.map((m, c) => weighted(c, (value) => (value - m) ** 2));
  const inverse = variance.map((v) => (over === 'instance' ? 1 / Math.sqrt(v + epsilon) : 1 / (Math.sqrt((v * counted) / (counted - 1)) + epsilon)));
  const { scale, shift, residual } = inputs;
  const y = map64(last, (value, i) => {
    const c = i % channels;
    const z = (value - mean[c]!) * inverse[c]! * (scale === undefined ? 1 : get(scale, c)) + (shift === undefined ? 0 : get(shift, c));
    return activation64(z, activation) + (residual === undefined ? 0 : get(residual, i));
  });
  const perChannel = (values: readonly number[]): Array64 => map64(zeros([channels]), (_, c) => values[c]!);
  return { y, mean: perChannel(mean), variance: perChannel(variance) };
}

await describeUpdate<Tensor, Settings>(environment, {
  name: 'normalizeMoving',
  tolerance: 'normalization',
  reference,
  run: (inputs, { over, shares, activation, epsilon }) => {
    let before: ChannelStatistics | undefined;
    let y: Tensor4D | undefined;
    for (const [i, share] of shares.entries()) {
      y?.dispose();
      const options = { over, share, activation, epsilon, before, scale: pick<Tensor1D>(inputs, 'scale'), shift: pick<Tensor1D>(inputs, 'shift'), residual: pick<Tensor4D>(inputs, 'residual') };
      const next = normalizeMoving(need(inputs, `x${i}`) as Tensor4D, options);
      before?.mean.dispose();
      before?.variance.dispose();
      [before, y] = [next.statistics, next.y];
    }
    return { y: y!, mean: before!.mean, variance: before!.variance };
  },
  consumes: () => [],
  cases: [
    moving('one image', [1, 3, 4, 3], { over: 'instance', shares: [1] }, {}, true),
    moving('two images, equal weights', [1, 5, 3, 2], { over: 'instance', shares: [1, 0.5] }, {}, true),
    moving('three images, AdaIN, relu', [1, 4, 5, 3], { over: 'instance', shares: [1, 0.5, 0.25], activation: 'relu' }, { scale: [1, 3], shift: [1, 3] }),
    moving('four images and a residual', [1, 6, 5, 8], { over: 'instance', shares: [1, 0.5, 1 / 3, 0.25] }, { residual: [1, 6, 5, 8] }),
    moving('a share of 1 forgets what was', [1, 4, 4, 2], { over: 'instance', shares: [1, 0.5, 1], epsilon: 0.1 }),
    moving('layer, one image', [1, 3, 4, 3], { over: 'layer', shares: [1] }, {}, true),
    moving('layer, three images, affine, lrelu', [1, 5, 6, 4], { over: 'layer', shares: [1, 0.5, 0.2], activation: 'lrelu' }, { scale: [4], shift: [4] }),
    moving('layer, two values', [1, 1, 2, 1], { over: 'layer', shares: [1, 0.5] }),
  ],
});

const device: Device = await openDevice('cpu');
afterAll(() => device.dispose());

describe('normalizeMoving', () => {
  const image = (seed: number): Tensor4D => tensor(Float32Array.from(randomArray([1, 9, 7, 5], { seed, scale: 2, shift: 1 }).data), [1, 9, 7, 5]) as Tensor4D;

  test.each(['instance', 'layer'] as const)('equal images, however many, give equal results and averages, bit for bit (%s)', (over) => {
    device.activate();
    const x = image(3);
    const first = normalizeMoving(x, { over, share: 1, before: undefined });
    const [y, mean, variance] = [first.y, first.statistics.mean, first.statistics.variance].map((t) => t.dataSync());
    let before = first.statistics;
    for (const share of [0.5, 1 / 3, 0.25, 2 / 9, 2 / 9]) {
      const next = normalizeMoving(x, { over, share, before });
      expect([next.y.dataSync(), next.statistics.mean.dataSync(), next.statistics.variance.dataSync()]).toEqual([y, mean, variance]);
      before = next.statistics;
    }
  });

  test('what does not fit is refused', () => {
    device.activate();
    const two = tensor(new Float32Array(2 * 4 * 3), [2, 2, 2, 3]) as Tensor4D;
    const wanted: MovingNormalizeOptions = { over: 'instance', share: 0.5, before: undefined };
    expect(() => normalizeMoving(two, wanted)).toThrow("normalizeMoving: 'x' must be one image, but it is [2, 2, 2, 3]. Give the images one after the other.");
    expect(() => normalizeMoving(image(1), { ...wanted, share: 0 })).toThrow("normalizeMoving: 'share' must be above 0 and at most 1, but it is 0.");
    const narrow = tensor(new Float32Array(3), [3]) as Tensor1D;
    expect(() => normalizeMoving(image(1), { ...wanted, before: { mean: narrow, variance: narrow } })).toThrow("normalizeMoving: 'before.mean' must have the shape [5] (one per channel), but it is [3].");
    expect(() => normalizeMoving(image(1), { ...wanted, scale: narrow })).toThrow("normalizeMoving: 'scale' must be [5] or [1, 5] (one per channel), but it is [3].");
  });
});
