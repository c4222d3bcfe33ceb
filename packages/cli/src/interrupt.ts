import { exitCodes } from './exitCodes.js';
import type { CliIo } from './io.js';

/**
 * Runs `work` with a signal that Ctrl-C, SIGTERM or the loss of the terminal (SIGHUP) aborts. A second Ctrl-C or SIGTERM ends the process at
 * once; SIGHUP never does, because a closing terminal may send it more than once.
 */
export async function withInterrupt<T>({ stderr, onInterrupt, exitNow }: CliIo, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let asked = false;
  const stop = onInterrupt((kind) => {
    if (asked && kind !== 'SIGHUP') exitNow(exitCodes.interrupted);
    asked ||= kind !== 'SIGHUP';
    if (controller.signal.aborted) return;
    stderr.write(`${stderr.isTTY === true ? '\n' : ''}Stopping; press Ctrl-C again to stop at once, without saving.\n`);
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
