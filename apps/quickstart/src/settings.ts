import type { TrainingConfigInput } from '@munit/train';

/**
 * Outlines (A) to coloured objects (B) at 32×32, small enough for a CPU and long enough to be worth looking at: the
 * preset `quick` on the synthetic benchmark.
 */
export const quickstart = {
  synthetic_count: 4000,
  image_display_iter: 250,
  image_save_iter: 250,
  snapshot_save_iter: 500,
  display_size: 8,
  seed: 1,
} as const satisfies TrainingConfigInput;
