import type { DeviceName } from '@munit/core';
import { type Command, Option } from 'commander';
import { UsageError } from './errors.js';
import { wholeNumber } from './values.js';

/** What `--device` and `--threads` give. */
export interface DeviceChoice {
  readonly device: string;
  readonly threads?: number;
}

/** What `--device` takes. */
export const deviceChoices = ['auto', 'cuda', 'webgpu', 'simd', 'tensorflow', 'cpu'] as const;

/** Adds the options that choose a device. */
export const addDeviceOptions = (command: Command): Command =>
  command
    .addOption(new Option('--device <name>', 'what computes ("munit doctor" says what is there)').choices(deviceChoices).default('auto'))
    .addOption(new Option('--threads <n>', 'threads of the simd device').argParser(wholeNumber(1, 1024)));

/** @throws UsageError for a name that is not a device's */
export function deviceNameOf(text: string): DeviceName | 'auto' {
  const found = deviceChoices.find((name) => name === text);
  if (found === undefined) throw new UsageError(`Unknown device '${text}'.`, `Use one of ${deviceChoices.join(', ')}.`);
  return found;
}
