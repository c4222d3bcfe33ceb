import { exitCodes } from './exitCodes.js';
import type { CliIo } from './io.js';

/** Runs `work` with a signal that Ctrl-C aborts. The second Ctrl-C ends the process at once. */
export async function withInterrupt<T>({ stderr, onInterrupt, exitNow }: CliIo, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = onInterrupt(() => {
    if (controller.signal.aborted) exitNow(exitCodes.interrupted);
    stderr.write(`${stderr.isTTY === true ? '\n' : ''}Stopping; press Ctrl-C again to stop at once, without saving.\n`);
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
