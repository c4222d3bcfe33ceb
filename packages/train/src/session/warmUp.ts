/** Before the first step on a GPU: its programs, built side by side. */
import type { Device, PerDomain } from '@munit/core';
import type { ImageBatch } from '@munit/images';
import type { TrainingConfig } from '../config/schema.js';
import { createStepper, type StepperOptions } from '../loop/stepper.js';
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
  const batches = Array.from({ length: config.accumulate }, () => blankBatch(config));
  await device.warmUp(() => {
    const stepper = createStepper(config, objective, { device: repeating(device) });
    let state = initialState(config, networks);
    // As it is the first time, and as it is captured.
    for (let i = 0; i < 2; i++) {
      const result = stepper.step(state, batches);
      ({ state } = result);
      result.losses.dispose();
    }
    // So does the check before each save.
    finiteness(state).dispose();
    disposeState(state);
  });
  // What it took would only wait for another warm-up.
  device.trim();
}

/** While programs are built, nothing can be captured: what would be is done. */
const repeating = (device: Device): StepperOptions['device'] => ({
  name: device.name,
  memory: () => device.memory(),
  captureUpdate: (_state, _inputs, work) => ({ run: work, fits: () => true, bytes: 0, dispose: () => undefined }),
});

function blankBatch({ batch_size: count, crop_image_height: height, crop_image_width: width, input_dim_a, input_dim_b }: TrainingConfig): PerDomain<ImageBatch> {
  const blank = (channels: number): ImageBatch => ({ data: new Float32Array(count * height * width * channels), shape: [count, height, width, channels], names: [] });
  return { a: blank(input_dim_a), b: blank(input_dim_b) };
}
