/** Runs the position to and fro while it plays. */
import { effect } from '@preact/signals';
import { toAndFro } from './clock.js';
import { playing, position, seconds } from './morph.js';

/** @returns a function that ends it */
export function startPlayer(): () => void {
  return effect(() => {
    if (!playing.value) return;
    const from = position.peek() * seconds.peek() * 1000;
    let begin: number | undefined;
    let request = requestAnimationFrame(function next(now) {
      begin ??= now;
      position.value = toAndFro(from + now - begin, seconds.peek() * 1000);
      request = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(request);
  });
}
