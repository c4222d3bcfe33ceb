import type { BatchesState } from '@munit/data';
import type { TrainingConfig } from '../config/index.js';
import { encodeState } from './serialize.js';
import type { TrainState } from './types.js';

/** A checkpoint: the state, its configuration and where the data stand, with which training goes on bit for bit. */
export function encodeCheckpoint(state: TrainState, config: TrainingConfig, data: BatchesState): Promise<Uint8Array> {
  return encodeState(state, { config: JSON.stringify(config), data: JSON.stringify(data) });
}
