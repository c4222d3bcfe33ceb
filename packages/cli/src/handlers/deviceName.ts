import type { RunTrainingOptions } from '@munit/train/node';
import { deviceChoices } from '../commands/deviceOptions.js';
import { UsageError } from '../errors.js';

/** @throws UsageError for a name that is no device */
export function deviceNameOf(text: string): NonNullable<RunTrainingOptions['device']> {
  const found = deviceChoices.find((name) => name === text);
  if (found === undefined) throw new UsageError(`There is no device '${text}'.`, `Use one of ${deviceChoices.join(', ')}.`);
  return found;
}
