/** A run's state at its start and from its checkpoints. */
import { type Params, type PerDomain, readSafetensors } from '@munit/core';
import type { BatchesState } from '@munit/data';
import type { TrainingConfig } from '../config/index.js';
import { createModel, type Model } from '../networks/index.js';
import { adam } from '../optimizer/index.js';
import { decodeState, disposeState, initialState, type TrainState } from '../state/index.js';
import { batchesOfCheckpoint } from './checkpoint.js';

/** A state, and where the data stood with it; undefined at the start of a run. */
export interface Restored {
  readonly state: TrainState;
  readonly data: BatchesState | undefined;
}

const optimizerOf = (config: TrainingConfig): ReturnType<typeof adam<PerDomain<Params>>> =>
  adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });

/** The state that a configuration begins with. The caller owns it. */
export function freshState(config: TrainingConfig, model: Model = createModel(config)): TrainState {
  return initialState(model, optimizerOf(config), { seed: config.seed, average: config.ema_half_life_images > 0 });
}

/**
 * The state of a checkpoint of this configuration. The caller owns it.
 * @throws CheckpointMismatchError, SafetensorsError as `decodeState`
 */
export function stateOfCheckpoint(bytes: Uint8Array, config: TrainingConfig): Restored {
  const like = freshState(config);
  try {
    const data = batchesOfCheckpoint(readSafetensors(bytes).metadata.get('data'));
    return { state: decodeState(bytes, like).state, data };
  } finally {
    disposeState(like);
  }
}
