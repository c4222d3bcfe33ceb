import { type Command, Option } from 'commander';
import { wholeNumber } from '../values.js';

/** What `--device` and `--threads` give. */
export interface DeviceChoice {
  readonly device: string;
  readonly threads?: number;
}

export const deviceChoices = ['auto', 'cuda', 'webgpu', 'simd', 'tensorflow', 'cpu'] as const;

/** Adds the options that choose a device. */
export const addDeviceOptions = (command: Command): Command =>
  command
    .addOption(new Option('--device <name>', 'what computes ("munit doctor" says what is there)').choices(deviceChoices).default('auto'))
    .addOption(new Option('--threads <n>', 'threads of the simd device').argParser(wholeNumber(1, 1024)));
