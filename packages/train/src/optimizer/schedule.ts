/** Learning rates over time: pure functions of the step. */
import type { TrainingConfig } from '../config/schema.js';

/** What a schedule is made of. */
export type ScheduleOptions = Pick<TrainingConfig, 'lr_policy' | 'step_size' | 'gamma' | 'max_iter'> & Partial<Pick<TrainingConfig, 'n_epochs' | 'n_epochs_decay'>>;

/**
 * The factor on the base rate for the update number `step` (from 0).
 *
 * - `step`: γ^⌊(step + 1) / step_size⌋. The published loop steps its scheduler before the update, so the first
 *   update is counted as the second (`train.py`, PyTorch's `StepLR`).
 * - `constant`: 1.
 * - `linear`: 1 for the first half, then straight down to 0 at `max_iter`. With `n_epochs` and `n_epochs_decay`, in epochs as published
 *   (`networks.py`, `get_scheduler`): 1 − max(0, e − n_epochs) / (n_epochs_decay + 1) in epoch e = 1, 2, …, of which `max_iter` updates are all.
 * - `cosine`: (1 + cos(π step / max_iter)) / 2.
 */
export function scheduleFactor(step: number, options: ScheduleOptions): number {
  const { lr_policy: policy, step_size: stepSize, gamma, max_iter: total } = options;
  switch (policy) {
    case 'step':
      return gamma ** Math.floor((step + 1) / stepSize);
    case 'constant':
      return 1;
    case 'linear':
      return byEpochs(step, options) ?? Math.max(0, Math.min(1, (2 * (total - step)) / total));
    case 'cosine':
      return (1 + Math.cos((Math.PI * Math.min(step, total)) / total)) / 2;
    default:
      return policy satisfies never;
  }
}

/** The factor of the epoch that an update is in; undefined where epochs are not configured. */
function byEpochs(step: number, { max_iter: total, n_epochs: full = 0, n_epochs_decay: decay = 0 }: ScheduleOptions): number | undefined {
  if (full + decay === 0) return undefined;
  const epoch = Math.min(full + decay, 1 + Math.floor((step * (full + decay)) / total));
  return 1 - Math.max(0, epoch - full) / (decay + 1);
}

/** Learning rates of one update. */
export interface LearningRates {
  /** Of the generators. */
  readonly gen: number;
  /** Of the discriminators. */
  readonly dis: number;
}

/** Learning rates of the update number `step` (from 0). */
export function learningRates(step: number, config: ScheduleOptions & Pick<TrainingConfig, 'lr' | 'lr_dis'>): LearningRates {
  const factor = scheduleFactor(step, config);
  return { gen: config.lr * factor, dis: (config.lr_dis ?? config.lr) * factor };
}

/** What the moving average is made of. */
type AverageOptions = Pick<TrainingConfig, 'ema_half_life_images' | 'ema_rampup' | 'batch_size' | 'accumulate'>;

/**
 * The moving average's factor of the update number `step` (from 0): 0.5^(images per update / half-life), where the half-life is
 * min(ema_half_life_images, ema_rampup · images seen before the update), or `ema_half_life_images` where `ema_rampup` is 0.
 * 0, the parameters as they are, for a half-life of 0: with a ramp, that is so at the first update, so that nothing of the random start is left.
 */
export function emaDecay(step: number, { ema_half_life_images: configured, ema_rampup: ramp, batch_size: batch, accumulate }: AverageOptions): number {
  const images = batch * accumulate;
  const halfLife = ramp === 0 ? configured : Math.min(configured, ramp * step * images);
  return halfLife === 0 ? 0 : 0.5 ** (images / halfLife);
}
