import type { TrainingConfigInput } from '@munit/train';

/** The animals that are drawn and trained on: 2,000 pictures of each domain, and the held-out ones. */
export const animals = { size: 64, seed: 1, count: 2000, testCount: 200 } as const;

/**
 * Line drawings (A) to animals in colour (B), short enough for a CPU and long enough to be worth looking at: the preset `animals` with a
 * fraction of its steps, and an average that remembers less.
 */
export const quickstart = {
  max_iter: 700,
  ema_half_life_images: 400,
  image_save_iter: 350,
  image_display_iter: 175,
  snapshot_save_iter: 350,
  display_size: 8,
  seed: 1,
} as const satisfies TrainingConfigInput;
