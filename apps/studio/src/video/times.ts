/** Frames that came when they came, as a video of a constant rate. */
import { FRAME_RATE } from './frames.js';

/** Which image each frame shows: the last one that was there by then. @param times in seconds, rising */
export function orderOfTimes(times: readonly number[], seconds: number): number[] {
  const frames = Math.max(1, Math.round(seconds * FRAME_RATE));
  let at = 0;
  return Array.from({ length: frames }, (_, frame) => {
    while (at + 1 < times.length && times[at + 1]! <= (frame + 1e-6) / FRAME_RATE) at += 1;
    return at;
  });
}
