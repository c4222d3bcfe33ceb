/** The tuner of a device. Loaded with the backend: pages without WebGPU do without both. */
import type { TextStore } from '../../platformTypes.js';
import type { AdapterNames } from '../adapter.js';
import type { ErrorWatch } from '../errors.js';
import type { Loss } from '../loss.js';
import { choicesKey } from './choices.js';
import { createStopwatch } from './stopwatch.js';
import { createTuner, type Stopwatch, type Tuner, untuned } from './tuner.js';

/** What takes the times on a device. */
export type StopwatchFor = (device: GPUDevice, loss: Loss, errors: ErrorWatch) => Stopwatch;

export interface TuningOptions {
  /** Whether anything is to be measured or remembered. */
  readonly tuned: boolean;
  readonly device: GPUDevice;
  readonly loss: Loss;
  readonly errors: ErrorWatch;
  readonly store: TextStore;
  readonly adapter: AdapterNames;
  /** Who drives it, with the version. */
  readonly runtime: string;
  readonly stopwatchFor?: StopwatchFor | undefined;
}

export async function openTuner({ tuned, device, loss, errors, store, adapter, runtime, stopwatchFor = createStopwatch }: TuningOptions): Promise<Tuner> {
  if (!tuned) return untuned;
  return createTuner({ limits: device.limits, stopwatch: stopwatchFor(device, loss, errors), store, key: choicesKey(adapter, runtime) });
}
