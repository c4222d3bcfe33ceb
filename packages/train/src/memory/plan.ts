/** Whether a run fits into memory, and what it gives up to fit. */
import { type DeviceName, OutOfMemoryError } from '@munit/core';
import type { TrainingConfig } from '../config/schema.js';
import { estimateMemory, type MemoryEstimate } from './estimate.js';

/** What limits a run's memory, in bytes; what is not known does not limit it. */
export interface MemoryLimits {
  /** What the user allows the device to take. */
  readonly memory?: number | undefined;
  /** Memory of the machine, which a CPU shares. */
  readonly machineBytes?: number | undefined;
}

/** How a run is made to fit. */
export interface MemoryPlan {
  /** Networks are computed again in the backward pass rather than kept: the same numbers to the bit, in about a quarter more time. */
  readonly recompute: boolean;
  /** What the run takes that way. */
  readonly estimate: MemoryEstimate;
}

/** WebAssembly addresses 4 GiB; allocation leaves some of it unused. */
const WASM_BYTES = 4 * 2 ** 30;

/**
 * Keeps everything for the backward pass where there is room, and recomputes where there is not.
 * @throws OutOfMemoryError when the run does not fit that way either
 */
export function planMemory(config: TrainingConfig, device: DeviceName, { memory = Infinity, machineBytes = Infinity }: MemoryLimits = {}): MemoryPlan {
  const own = device === 'simd' ? WASM_BYTES : device === 'cpu' || device === 'tensorflow' ? machineBytes : Infinity;
  const limit = Math.min(own, memory);
  const plans = [false, true].map((recompute) => ({ recompute, estimate: estimateMemory(config, { recompute }) }));
  const plan = plans.find(({ estimate }) => estimate.totalBytes <= limit);
  if (plan !== undefined) return plan;
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const least = Math.min(...plans.map(({ estimate }) => estimate.totalBytes));
  const has = limit < own ? `${gib(limit)} are allowed` : `the device '${device}' has ${gib(limit)}`;
  throw new OutOfMemoryError(`Training with this configuration needs at least ${gib(least)}, but ${has}.`, {
    remedy: `Make batch_size, the crop or gen.dim smaller${limit < own ? ', or allow more memory' : ''}; accumulate gives back a larger effective batch.`,
  });
}
