/** Steps of training on WebGPU, made each time or captured. */
import { Rng } from '@munit/core';
import { createNetworks, createObjective, createStepper, initialState, type Stepper } from '@munit/train';
import type { Item } from '../../materials/items.js';
import { device } from './ours.js';
import type { Subject } from './subject.js';

/** Every run is one more step (both updates) of a run of its own, on the same images. */
export async function training({ config }: Item, how: 'ours' | 'captured'): Promise<Subject> {
  const opened = await device();
  const networks = createNetworks(config);
  const stepper = createStepper(config, createObjective(config, networks), how === 'captured' ? { device: opened } : {});
  const { batch_size: count, crop_image_height: height, crop_image_width: width } = config;
  const rng = new Rng(1);
  const images = (): Parameters<Stepper['step']>[1][number]['a'] => ({ data: Float32Array.from(rng.normals(count * height * width * 3), Math.tanh), shape: [count, height, width, 3], names: [] });
  const batches = [{ a: images(), b: images() }];
  let state = initialState(config, networks);
  const command = (): void => {
    const result = stepper.step(state, batches);
    ({ state } = result);
    result.losses.dispose();
  };
  return {
    run() {
      // The first builds programs, the second is captured.
      for (let step = 0; step < 3; step++) command();
      return Promise.resolve(new Float32Array(1));
    },
    command,
  };
}
