/** How the worker's device is doing: beside the messages of `@munit/infer`, which know nothing of it. */
import type { DeviceReport } from '@munit/core';

export interface Vitals {
  readonly kind: 'vitals';
  readonly tensors: number;
  /** In living tensors. */
  readonly bytes: number;
  /** Held by the device, memory for reuse included, where it says. */
  readonly allocated: number | undefined;
  /** The device now: another one than at first when that was lost. */
  readonly device: DeviceReport | undefined;
}

const ASK = 'vitals?';

export const isVitalsRequest = (data: unknown): boolean => data === ASK;

const isVitals = (data: unknown): data is Vitals => typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'vitals';

/** Asks once; a busy worker answers when it has a moment. */
export function askVitals(worker: Worker, signal: AbortSignal): Promise<Vitals> {
  return new Promise((resolve) => {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      if (!isVitals(data)) return;
      worker.removeEventListener('message', listener);
      resolve(data);
    };
    worker.addEventListener('message', listener, { signal });
    worker.postMessage(ASK);
  });
}
