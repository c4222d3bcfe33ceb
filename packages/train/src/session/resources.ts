/** What a session holds while it runs, put together at its start and again after a failure. */
import { DataError, type Device, openDevice, OutOfMemoryError } from '@munit/core';
import type { BatchesState } from '@munit/data';
import { createNetworks, createObjective, initialState } from '../methods/create.js';
import type { Networks } from '../methods/method.js';
import { type MemoryPlan, planMemory } from '../memory/plan.js';
import { ReleaseStack } from './release.js';
import { disposeState, type TrainState } from '../state/state.js';
import type { Objective } from '../step/objective.js';
import { restoreCheckpoint, type Restored } from './checkpoint.js';
import { describeNotice, type RunData } from './images.js';
import type { Notices } from './notices.js';
import type { DeviceChoice, SessionOptions } from './ports.js';
import { warmUp } from './warmUp.js';

/** Everything that a session closes again. */
export interface Resources {
  readonly device: Device;
  readonly memory: MemoryPlan;
  readonly networks: Networks;
  readonly objective: Objective;
  readonly data: RunData;
  /** Whoever takes it owns it. */
  readonly state: TrainState;
  /** Closes images and device, whatever fails. */
  close(): Promise<void>;
}

/** Opens the device, then the state of the latest checkpoint or a fresh one, then the images; what was opened before a failure is closed. */
export async function openResources(options: SessionOptions, choice: DeviceChoice, notices: Notices): Promise<Resources> {
  const { config } = options;
  const opened = new ReleaseStack((what, error) => notices.add(`${what} could not be closed: ${error instanceof Error ? error.message : String(error)}`));
  let state: TrainState | undefined;
  try {
    const device = await (options.openDevice ?? open)(choice);
    opened.add('The device', () => device.dispose());
    const memory = planMemory(config, device.name, options);
    const networks = createNetworks(config);
    const objective = createObjective(config, networks, config.vgg_w > 0 ? await options.vgg?.() : undefined);
    const latest = await options.checkpoints.latest();
    const restored: Restored = latest === undefined ? { state: initialState(config, networks), data: undefined } : restoreCheckpoint(latest, config, networks);
    state = restored.state;
    const data = await openImages(options, restored.data, notices);
    opened.add('The images', () => data.batches.dispose());
    if (device.name === 'webgpu') await warmUp(device, networks, objective, config);
    return { device, memory, networks, objective, data, state, close: () => opened.release() };
  } catch (error) {
    if (state !== undefined) disposeState(state);
    await opened.release();
    throw error;
  }
}

const open = ({ device = 'auto', threads }: DeviceChoice): Promise<Device> => openDevice(device, threads === undefined ? {} : { threads });

/** The images at the position of the checkpoint; or from the beginning, where they are others and that is wanted. */
async function openImages(options: SessionOptions, state: BatchesState | undefined, notices: Notices): Promise<RunData> {
  const { config, images, strict = false, maxBroken, otherImages = 'refuse' } = options;
  const common = {
    strict,
    maxBroken,
    onNotice: (notice: Parameters<typeof describeNotice>[0]) => notices.add(describeNotice(notice)),
    onWarning: (message: string) => notices.add(message),
  };
  try {
    return await images.open(config, { ...common, state });
  } catch (error) {
    if (otherImages === 'refuse' || state === undefined || !(error instanceof DataError)) throw error;
    // Any other reason makes this fail the same way.
    const data = await images.open(config, { ...common, state: undefined });
    notices.add('The images are not those of the checkpoint: training continues with the saved weights; the image order starts over.');
    return data;
  }
}

const remedy = 'Make batch_size, the crop or gen.dim smaller, or close other programs and tabs; the last checkpoint is kept.';

/** A failure of a device or of the engine's memory, as an error that says what to do. */
export function explainFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const outOfWasm = error.name === 'SimdError' && 'code' in error && error.code === 'memory';
  // Engines say by a RangeError that an array or a WebAssembly memory of this size cannot be had.
  const outOfHeap = error instanceof RangeError && /memory|allocation|array (buffer|length)/i.test(error.message);
  return outOfWasm || outOfHeap ? new OutOfMemoryError(`There is too little memory for this training: ${error.message}`, { remedy, cause: error }) : error;
}
