import type { TrainingConfig } from '../config/index.js';
import { scheduleFactor } from '../optimizer/index.js';

/** Learning rates of the update number `step` (from 0). */
export function learningRates(step: number, config: TrainingConfig): { readonly gen: number; readonly dis: number } {
  const factor = scheduleFactor(step, config);
  return { gen: config.lr * factor, dis: (config.lr_dis ?? config.lr) * factor };
}

/** The moving average's factor per step, from its half-life in images: 0.5^(images per step / half-life). */
export function emaDecay({ ema_half_life_images: halfLife, batch_size: batch, accumulate }: TrainingConfig): number {
  return halfLife === 0 ? 0 : 0.5 ** ((batch * accumulate) / halfLife);
}
