import type { TrainingConfigInput } from '@munit/train';

/**
 * Outlines (A) to coloured objects (B) at 32×32, small enough for a CPU and long enough to be worth looking at: the
 * preset `quick` on the synthetic benchmark. A high rate that goes down in a line over the second half, and an average
 * with a short memory, make the most of few steps.
 */
export const quickstart = {
  synthetic_count: 4000,
  max_iter: 1300,
  lr: 6e-4,
  lr_policy: 'linear',
  ema_half_life_images: 500,
  log_iter: 10,
  image_display_iter: 260,
  image_save_iter: 260,
  snapshot_save_iter: 650,
  display_size: 8,
  seed: 1,
} as const satisfies TrainingConfigInput;
