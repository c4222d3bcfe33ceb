/**
 * WebGPU's own errors, named. A GPU that refuses a command says so later and elsewhere, and the results stay zero:
 * so errors are caught by scopes that know what was being done, and those outside any scope stop the next read.
 */
import { DeviceError, type MunitError, OutOfMemoryError } from '../../errors/index.js';
import type { Loss } from './loss.js';

export interface ErrorWatch {
  /** Runs `work` and waits for the verdict on all that it submitted. @throws OutOfMemoryError | DeviceError | DeviceLostError */
  scope<T>(what: string, work: () => T, flush: () => void): Promise<T>;
  /** @throws the first error outside any scope since the last check */
  check(): void;
}

const filters = ['validation', 'out-of-memory', 'internal'] as const satisfies readonly GPUErrorFilter[];

export function watchErrors(device: GPUDevice, loss: Loss): ErrorWatch {
  let pending: MunitError | undefined;
  device.addEventListener('uncapturederror', (event) => {
    // Keeps it off the console: it is raised by the next check.
    event.preventDefault();
    pending ??= nameError(event.error);
  });
  return {
    check: () => {
      const error = pending;
      pending = undefined;
      if (error !== undefined) throw error;
    },
    async scope(what, work, flush) {
      for (const filter of filters) device.pushErrorScope(filter);
      let result;
      let verdict: Promise<GPUError | undefined>;
      try {
        result = work();
        flush();
      } finally {
        // Scopes are a stack of the device's: none may stay behind.
        verdict = popScopes(device);
      }
      const error = await verdict;
      loss.check();
      if (error !== undefined) throw nameError(error, what);
      return result;
    },
  };
}

/** The first error in our scopes. A lost device may reject; the loss itself is reported elsewhere. */
async function popScopes(device: GPUDevice): Promise<GPUError | undefined> {
  const verdicts = await Promise.allSettled(filters.map(() => device.popErrorScope()));
  for (const verdict of verdicts) if (verdict.status === 'fulfilled' && verdict.value !== null) return verdict.value;
  return undefined;
}

function nameError(error: GPUError, what?: string): MunitError {
  const during = what === undefined ? '' : ` during '${what}'`;
  if (error instanceof GPUOutOfMemoryError) {
    return new OutOfMemoryError(`The GPU is out of memory${during}.`, {
      remedy: { id: 'less-work', text: 'Use a smaller image, batch or width, or call trim() on the device between sizes.' },
      cause: error,
    });
  }
  const kind = error instanceof GPUValidationError ? 'refused a command' : 'failed';
  return new DeviceError(`The GPU ${kind}${during}: ${error.message.trim()}`, {
    remedy: 'Results since then are not to be trusted. Please report this with the output of `munit doctor`.',
    cause: error,
  });
}
