import type { OutputStream } from './io.js';

export interface Counter {
  /** `detail`: what else there is to say, behind the count. */
  show(done: number, total: number, detail?: string): void;
  clear(): void;
}

/** A count on one line of a terminal, at most ten times a second; nothing elsewhere. */
export function counter(stream: OutputStream, what: string, now: () => number = () => performance.now()): Counter {
  if (stream.isTTY !== true) return { show() {}, clear() {} };
  let drawn = -Infinity;
  return {
    show(done, total, detail = '') {
      if (now() - drawn < 100 && done < total) return;
      drawn = now();
      stream.write(`\r\u001B[K${what} ${done} of ${total}${detail}`);
    },
    clear: () => void stream.write('\r\u001B[K'),
  };
}
