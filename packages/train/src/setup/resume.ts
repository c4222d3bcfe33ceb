import { ConfigError } from '@munit/core';
import { configSchema, resolveConfig, type TrainingConfig, type TrainingConfigInput } from '../config/index.js';

/** What may be given anew when a run goes on; everything else would make it another run. */
const resumable = ['max_iter', 'log_iter', 'image_save_iter', 'image_display_iter', 'snapshot_save_iter', 'keep_last', 'keep_every', 'num_workers'] as const;

/**
 * The configuration of a run that goes on: the stored one with what may change.
 * @throws ConfigError for anything else
 */
export function resumedConfig(stored: unknown, changes: TrainingConfigInput = {}): TrainingConfig {
  const config = configSchema.parse(stored);
  const refused = Object.keys(changes).filter((key) => !(resumable as readonly string[]).includes(key));
  if (refused.length > 0) {
    throw new ConfigError(`A resumed run keeps its configuration, but ${refused.join(', ')} came anew.`, {
      remedy: `Only ${resumable.join(', ')} may change; start another run for the rest.`,
    });
  }
  return resolveConfig({ ...config, ...changes } as TrainingConfigInput);
}
