/** Letting others have their turn. */

/** Work without pause longer than this is felt in a page. */
const SLICE_MS = 16;

/**
 * A function to await between pieces of work: now and then it lets the event loop turn, so that a page draws, and messages and aborts
 * arrive. On CPUs results are there at once, and awaiting them lets nothing else run.
 */
export function createTurns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE_MS) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    last = performance.now();
  };
}
