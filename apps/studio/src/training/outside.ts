/** What the rest of the page knows of training, whose code is fetched when it is first used. */
import { signal } from '@preact/signals';
import type { DeviceReport } from '@munit/core';

/** Of the run under way. */
export const trainingDevice = signal<DeviceReport | undefined>(undefined);

/** Counts how often runs were forgotten from outside of that view. */
export const runsForgotten = signal(0);
