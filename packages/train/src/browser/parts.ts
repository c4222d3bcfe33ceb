/** What a run in a page consists of, put together at its start and again after a failure. */
import { ConfigError, type Device, openDevice } from '@munit/core';
import { resolveConfig, type TrainingConfig } from '../config/index.js';
import { estimateMemory } from '../memory/estimate.js';
import { createNetworks, initialState } from '../methods/create.js';
import type { Networks } from '../methods/method.js';
import { configOfCheckpoint, describeNotice, Notices, requireMemory, type Restored, resumedConfig, type RunData, stateOfCheckpoint } from '../setup/index.js';
import { disposeState, type TrainState } from '../state/state.js';
import { configOfSets, openSets } from './sets.js';
import type { DeviceChoice, OpenTrainingOptions } from './types.js';
import { warmUp } from './warmUp.js';

export interface Parts {
  readonly device: Device;
  readonly networks: Networks;
  readonly data: RunData;
  /** Whoever takes it owns it. */
  readonly state: TrainState;
  readonly notices: Notices;
}

/**
 * The configuration of a run: of the checkpoint that it goes on from, or resolved from what is given.
 * @throws ConfigError, CheckpointMismatchError
 */
export function configOf({ sets, config = {}, preset, resume }: OpenTrainingOptions): TrainingConfig {
  if (resume === undefined) {
    const resolved = resolveConfig(configOfSets(sets, config), preset);
    if (resolved.vgg_w > 0) throw new ConfigError(`The perceptual loss (vgg_w ${resolved.vgg_w}) needs the weights of VGG16, which pages do not load.`, { remedy: 'Set vgg_w to 0, or train in Node.' });
    return resolved;
  }
  if (preset !== undefined) throw new ConfigError('A preset cannot be given when resuming.', { remedy: 'Leave the preset out.' });
  return resumedConfig(configOfCheckpoint(resume), config);
}

/** Opens the device, then the images, then the state of `checkpoint` or a fresh one; what was opened before a failure is closed. */
export async function openParts(config: TrainingConfig, options: OpenTrainingOptions, choice: DeviceChoice, checkpoint: Uint8Array | undefined): Promise<Parts> {
  const notices = new Notices();
  const device = await openDevice(choice.device ?? 'auto', choice.threads === undefined ? {} : { threads: choice.threads });
  let restored: Restored | undefined;
  let data: RunData | undefined;
  try {
    requireMemory(estimateMemory(config).totalBytes, device.name);
    const networks = createNetworks(config);
    restored = checkpoint === undefined ? { state: initialState(config, networks), data: undefined } : stateOfCheckpoint(checkpoint, config);
    data = await openSets(config, options.sets, {
      state: restored.data,
      strict: options.strict ?? false,
      ...(options.maxBroken === undefined ? {} : { maxBroken: options.maxBroken }),
      onNotice: (notice) => notices.add(describeNotice(notice)),
      onWarning: (message) => notices.add(message),
    });
    if (device.name === 'webgpu') await warmUp(device, networks, config);
    return { device, networks, data, state: restored.state, notices };
  } catch (error) {
    await data?.batches.dispose();
    if (restored !== undefined) disposeState(restored.state);
    device.dispose();
    throw error;
  }
}
