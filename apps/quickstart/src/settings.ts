import type { TrainingConfigInput } from '@munit/train';

/**
 * Outlines (A) to coloured objects (B), small enough for a CPU and long enough to be worth looking at: the preset `quick`
 * on the synthetic benchmark.
 */
export const quickstart = { synthetic_count: 4000, display_size: 8, seed: 1 } as const satisfies TrainingConfigInput;
