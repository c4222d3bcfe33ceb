/** Whether the averaged weights, which are shown and exported, still do what the trained ones do. */
import { type Params, type PerDomain, tensor, type Tensor4D, tidy } from '@munit/core';
import type { ImageBatch } from '@munit/images';
import type { GeneratorNetworks } from '../methods/method.js';
import type { TrainState } from '../state/state.js';
import { StyleCodes } from './samples.js';

/** Grey levels, of 255, from which on people see two different images. */
export const MUCH = 20;

/** What a network value is in grey levels: [-1, 1] spans 255. */
const LEVELS = 127.5;

/** The first fixed input of each direction, translated in one random style. */
async function translations(networks: GeneratorNetworks, gen: Params, display: PerDomain<ImageBatch>, seed: number): Promise<Float32Array[]> {
  const codes = new StyleCodes(networks, 1, seed);
  const values: Float32Array[] = [];
  for (const { from, to } of networks.directions) {
    const { shape, data } = display[from];
    const output = tidy((): Tensor4D => {
      const x: Tensor4D = tensor(data.slice(0, shape[1] * shape[2] * shape[3]), [1, shape[1], shape[2], shape[3]]);
      return networks.decode(gen, to, networks.encodeContent(gen, from, x), codes.batch(0, 1));
    });
    values.push((await output.data()) as Float32Array);
    output.dispose();
  }
  return values;
}

/**
 * How far apart the translations of the averaged and of the trained generators are: the mean absolute difference over the first fixed input of
 * each direction, in grey levels (0 to 255); undefined without an average.
 */
export async function averageGap(networks: GeneratorNetworks, { gen, ema }: Pick<TrainState, 'gen' | 'ema'>, display: PerDomain<ImageBatch>, seed: number): Promise<number | undefined> {
  if (ema === undefined) return undefined;
  const [average, trained] = [await translations(networks, ema, display, seed), await translations(networks, gen, display, seed)];
  let [sum, count] = [0, 0];
  for (const [i, values] of average.entries()) {
    for (const [j, value] of values.entries()) sum += Math.abs(value - trained[i]![j]!);
    count += values.length;
  }
  return (LEVELS * sum) / count;
}

/** What to say about a gap, if anything. */
export function gapWarning(gap: number | undefined): string | undefined {
  if (gap === undefined || gap < MUCH) return undefined;
  return `The averaged weights, which the samples show and the model holds, differ much from the trained ones: their translations of a fixed input are ${gap.toFixed(0)} of 255 grey levels apart. Train longer, or lower ema_half_life_images or ema_rampup.`;
}
