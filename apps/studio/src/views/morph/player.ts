/** Runs the position to and fro while it plays. */
import { effect } from '@preact/signals';
import { playing, position, seconds } from './morph.js';

/** Where a clock that goes to the end and back stands: 0 to 1. */
export const toAndFro = (elapsed: number, duration: number): number => {
  const turn = (elapsed / duration) % 2;
  return turn <= 1 ? turn : 2 - turn;
};

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
