/** How much a translated film flickers where the film itself stands still. */
import type { RawPixels } from '@munit/images';

export interface Flicker {
  /**
   * The mean over pairs of neighbouring frames and over still pixels of |change of the output| less |change of the input|, of a range of 2.
   * A pixel is still where nothing within `reach` pixels of it changes by more than `noise` from frame to frame.
   */
  readonly still: number;
  /** The share of pixels that are still. */
  readonly stillShare: number;
}

/** @param outputs each frame's values, [H, W, C], of the frames' size */
export function flickerOf(frames: readonly RawPixels[], outputs: readonly Float32Array[], reach = 6, noise = 0): Flicker {
  let [sum, count, all] = [0, 0, 0];
  for (let t = 1; t < frames.length; t++) {
    const [before, now] = [frames[t - 1]!, frames[t]!];
    const { width, height } = now;
    const inputs = now.data.length / (width * height);
    const channels = outputs[t]!.length / (width * height);
    const change = Float64Array.from({ length: width * height }, (_, i) => {
      let most = 0;
      for (let c = 0; c < inputs; c++) most = Math.max(most, Math.abs(now.data[i * inputs + c]! - before.data[i * inputs + c]!));
      return most;
    });
    const nearby = largestNearby(largestNearby(change, 1, width, reach), width, height, reach);
    for (const [i, most] of nearby.entries()) {
      all += 1;
      if (most > noise) continue;
      sum -= change[i]! / 127.5;
      for (let c = 0; c < channels; c++) sum += Math.abs(outputs[t]![i * channels + c]! - outputs[t - 1]![i * channels + c]!) / channels;
      count += 1;
    }
  }
  return { still: sum / count, stillShare: count / all };
}

/** The largest value within `reach` places along one axis of `length` places, `stride` apart in memory. */
const largestNearby = (values: Float64Array, stride: number, length: number, reach: number): Float64Array =>
  values.map((_, i) => {
    const at = Math.floor(i / stride) % length;
    let most = 0;
    for (let d = -Math.min(reach, at); d <= Math.min(reach, length - 1 - at); d++) most = Math.max(most, values[i + d * stride]!);
    return most;
  });
