import type { OutputStream } from './io.js';

/** A count on one line of a terminal, at most ten times a second; nothing elsewhere. */
export function counter(stream: OutputStream, what: string, now: () => number = () => performance.now()): { show(done: number, total: number): void; clear(): void } {
  if (stream.isTTY !== true) return { show() {}, clear() {} };
  let drawn = -Infinity;
  return {
    show(done, total) {
      if (now() - drawn < 100 && done < total) return;
      drawn = now();
      stream.write(`\r\u001B[K${what} ${done} of ${total}`);
    },
    clear: () => void stream.write('\r\u001B[K'),
  };
}
