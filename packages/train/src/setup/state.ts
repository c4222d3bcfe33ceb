/** A run's state at its start and from its checkpoints. */
import { readSafetensors } from '@munit/core';
import type { BatchesState } from '@munit/data';
import type { TrainingConfig } from '../config/index.js';
import { decodeCheckpoint } from '../methods/create.js';
import type { TrainState } from '../state/state.js';
import { batchesOfCheckpoint } from './checkpoint.js';

/** A state, and where the data stood with it; undefined at the start of a run. */
export interface Restored {
  readonly state: TrainState;
  readonly data: BatchesState | undefined;
}

/**
 * The state of a checkpoint of this configuration. The caller owns it.
 * @throws CheckpointMismatchError, SafetensorsError as `decodeCheckpoint`
 */
export function stateOfCheckpoint(bytes: Uint8Array, config: TrainingConfig): Restored {
  const data = batchesOfCheckpoint(readSafetensors(bytes).metadata.get('data'));
  return { state: decodeCheckpoint(bytes, config).state, data };
}
