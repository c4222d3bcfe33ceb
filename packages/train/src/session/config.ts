import { ConfigError, RunFolderError } from '@munit/core';
import { resolveConfig } from '../config/resolve.js';
import { configSchema, type TrainingConfig, type TrainingConfigInput } from '../config/schema.js';

/** What may change when a run is resumed; everything else would make it another run. */
const resumable = ['max_iter', 'log_iter', 'image_save_iter', 'image_display_iter', 'snapshot_save_iter', 'keep_last', 'keep_every', 'num_workers'] as const;

/** Where the images and VGG16's weights are may change too: which images they are is checked by their names. */
const isPlace = (key: string): boolean => key.startsWith('data_') || key === 'vgg_weights' || key === 'vgg_preprocessing';

/** Options that came later than the first runs, as those went without them: a run continues as it began, whatever is the default now. */
const before = { ema_rampup: 0 } as const satisfies TrainingConfigInput;

const isMapping = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * A configuration that was stored with a run.
 * @param where what stores it: `run.json`, say; with the version of munit that wrote it, where that is known
 * @throws RunFolderError that names the options that this version does not know or refuses
 */
export function storedConfig(stored: unknown, where: string): TrainingConfig {
  const result = configSchema.safeParse(isMapping(stored) ? { ...before, ...stored } : stored);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return path === '' ? issue.message : `'${path}': ${issue.message}`;
    return issue.keys.map((key) => `unknown option '${path === '' ? '' : `${path}.`}${key}'`).join(', ');
  });
  throw new RunFolderError(`The configuration in ${where} cannot be used by this version of munit: ${problems.slice(0, 5).join('; ')}.`, {
    cause: result.error,
    remedy: 'Use the version of munit that wrote it, or a newer one.',
  });
}

/**
 * The configuration of a run that is resumed: the stored one with what may change.
 * @throws ConfigError for anything else
 */
export function resumedConfig(stored: TrainingConfig, changes: TrainingConfigInput = {}): TrainingConfig {
  const refused = Object.keys(changes).filter((key) => !(resumable as readonly string[]).includes(key) && !isPlace(key));
  if (refused.length > 0) {
    throw new ConfigError(`A resumed run's configuration cannot change: ${refused.join(', ')}.`, {
      remedy: `Only ${resumable.join(', ')} and the places of files (data_…, vgg_weights, vgg_preprocessing) may change; start another run for the rest.`,
    });
  }
  // A new place of the images replaces all that was said about the old one.
  const moved = Object.keys(changes).some((key) => key.startsWith('data_'));
  const kept = Object.entries(stored).filter(([key]) => !(moved && key.startsWith('data_')));
  return resolveConfig({ ...Object.fromEntries(kept), ...changes } as TrainingConfigInput);
}
