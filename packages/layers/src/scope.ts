/** Memory of a forward pass: what a layer makes on the way dies as soon as it can. */
import { isRecording, type Tensor, tidy } from '@munit/core';

/**
 * Runs `f` and frees what it made besides its result. While a gradient is recorded nothing is freed: the backward pass
 * reads the inputs of the recorded ops, and frees them itself.
 */
export function scoped<T extends Tensor | Tensor[]>(f: () => T): T {
  return isRecording() ? f() : tidy(f);
}

/**
 * fₙ(… f₂(f₁(x))), each intermediate freed once the next is there, so that a long network holds two of them and not all.
 * `x` stays the caller's.
 */
export function chain<T extends Tensor>(x: T, steps: readonly ((x: T) => T)[]): T {
  let current = x;
  for (const step of steps) {
    const next = step(current);
    if (current !== x && current !== next && !isRecording()) current.dispose();
    current = next;
  }
  return current;
}
