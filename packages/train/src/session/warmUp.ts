/** Before the first step on a GPU: its programs, built side by side. */
import type { Device, PerDomain } from '@munit/core';
import type { ImageBatch } from '@munit/images';
import type { TrainingConfig } from '../config/schema.js';
import { createStepper } from '../loop/stepper.js';
import { initialState } from '../methods/create.js';
import type { Networks } from '../methods/method.js';
import { finiteness } from '../state/finite.js';
import { disposeState } from '../state/state.js';
import type { Objective } from '../step/objective.js';

/**
 * Builds what a step runs, on a state and images that are thrown away. One after the other, when each is first needed, the programs
 * would keep the browser's GPU process, which draws the page too, from everything else.
 */
export async function warmUp(device: Device, networks: Networks, objective: Objective, config: TrainingConfig): Promise<void> {
  const stepper = createStepper(config, objective);
  const batches = Array.from({ length: config.accumulate }, () => blankBatch(config));
  await device.warmUp(() => {
    const { state, losses } = stepper.step(initialState(config, networks), batches);
    // So does the check before each save.
    finiteness(state).dispose();
    disposeState(state);
    losses.dispose();
  });
  // What it took would only wait for another warm-up.
  device.trim();
}

function blankBatch({ batch_size: count, crop_image_height: height, crop_image_width: width, input_dim_a, input_dim_b }: TrainingConfig): PerDomain<ImageBatch> {
  const blank = (channels: number): ImageBatch => ({ data: new Float32Array(count * height * width * channels), shape: [count, height, width, channels], names: [] });
  return { a: blank(input_dim_a), b: blank(input_dim_b) };
}
