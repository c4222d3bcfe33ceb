/** What a checkpoint says besides its tensors, and whether it can be trusted. */
import { CheckpointMismatchError, readSafetensors } from '@munit/core';
import type { BatchesState } from '@munit/data';
import * as z from 'zod';
import type { TrainingConfig } from '../config/schema.js';
import { decodeCheckpoint } from '../methods/create.js';
import type { Networks } from '../methods/method.js';
import { disposeState, type TrainState } from '../state/state.js';
import { storedConfig } from './config.js';
import type { StoredCheckpoint } from './ports.js';

const count = z.int().min(0);
const domainSchema = z
  .object({ images: z.int().min(1), fingerprint: z.string(), epoch: count, position: count })
  .refine(({ images, position }) => position <= images, 'position is beyond the last image');
const batchesSchema = z.object({ version: z.literal(1), seed: z.int().min(0).max(0xffffffff), batches: count, domains: z.object({ a: domainSchema, b: domainSchema }) });

const remedy = 'Resume from another checkpoint of the run, or start a new run.';

/** The configuration that a checkpoint was saved with. @throws CheckpointMismatchError when it has none that can be used */
export function configOfCheckpoint(bytes: Uint8Array): TrainingConfig {
  const stored = readSafetensors(bytes).metadata.get('config');
  if (stored === undefined) {
    throw new CheckpointMismatchError('This file is not a training checkpoint.', { remedy: 'Give the bytes that `checkpoint()` returned, or a file of a run’s checkpoints folder.' });
  }
  return storedConfig(parseJson(stored, 'config'), 'the checkpoint');
}

/** A state, and where the images stood with it; undefined at the start of a run. */
export interface Restored {
  readonly state: TrainState;
  readonly data: BatchesState | undefined;
}

/**
 * The state of a checkpoint of this configuration. The caller owns it.
 * @throws CheckpointMismatchError when it does not fit the configuration, cannot be right, or is of another step than it is stored as
 * @throws SafetensorsError when it is damaged
 */
export function restoreCheckpoint({ step, bytes }: StoredCheckpoint, config: TrainingConfig, networks?: Networks): Restored {
  const data = batchesOfCheckpoint(readSafetensors(bytes).metadata.get('data'));
  const { state } = decodeCheckpoint(bytes, config, networks);
  if (state.step === step) return { state, data };
  disposeState(state);
  throw new CheckpointMismatchError(`The checkpoint of step ${step} holds the state of step ${state.step}.`, { remedy });
}

/** The step that a checkpoint says it is of, unchecked. */
export const stepOfCheckpoint = (bytes: Uint8Array): number => Number(readSafetensors(bytes).metadata.get('step'));

/**
 * Where the images stood when a checkpoint was saved; undefined where it does not say.
 * @throws CheckpointMismatchError when what it says cannot be true
 */
function batchesOfCheckpoint(text: string | undefined): BatchesState | undefined {
  if (text === undefined || text === 'null') return undefined;
  const result = batchesSchema.safeParse(parseJson(text, 'data'));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CheckpointMismatchError(`The checkpoint's position in the images is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`, { remedy });
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointMismatchError(`The checkpoint's '${name}' is not valid JSON.`, { cause, remedy });
  }
}

/**
 * Why a checkpoint cannot be continued from, in words that follow "The checkpoint of step N"; undefined when it can.
 * One value that is NaN or infinite would spread through all networks within a step.
 */
export function checkpointFault(bytes: Uint8Array): string | undefined {
  for (const [name, tensor] of readSafetensors(bytes).tensors) {
    const values = tensor.float32();
    // A loop and not `every`: a checkpoint has tens of millions of values.
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return `holds values that are not finite (in ${name})`;
  }
  return undefined;
}
