/** How long things took, and how often they were done. */
import { signal } from '@preact/signals';

export interface Timing {
  /** The last one. */
  readonly ms: number;
  readonly count: number;
}

export const timings = signal<Readonly<Record<'encode' | 'decode', Timing | undefined>>>({ encode: undefined, decode: undefined });

export async function timed<T>(what: 'encode' | 'decode', work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const count = (timings.peek()[what]?.count ?? 0) + 1;
  timings.value = { ...timings.peek(), [what]: { ms: performance.now() - start, count } };
  return result;
}
