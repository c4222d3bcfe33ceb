/** The device of the run under way, set by the view that trains. */
import { signal } from '@preact/signals';
import type { DeviceReport } from '@munit/core';

export const trainingDevice = signal<DeviceReport | undefined>(undefined);
