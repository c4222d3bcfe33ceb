import { AbortedError } from '@munit/core';

/** @throws AbortedError when the signal is aborted */
export function checkAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw new AbortedError(`${what} was aborted.`, { cause: signal.reason });
}
