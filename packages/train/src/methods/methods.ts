/** The table of training methods. A new one is a folder beside this file, a line here, and its name in the configuration's `trainer`. */
import type { TrainingConfig } from '../config/schema.js';
import { bicycleGan } from './bicyclegan/bicyclegan.js';
import { cycleGan } from './cyclegan/cyclegan.js';
import type { Method } from './method.js';
import { munit } from './munit/munit.js';
import { unit } from './unit/unit.js';

/** A training method by the name that configurations give it (`trainer`). */
export type MethodName = TrainingConfig['trainer'];

/** All training methods by name. */
export const methods: Readonly<Record<MethodName, Method>> = {
  MUNIT: munit,
  UNIT: unit,
  CycleGAN: cycleGan,
  BicycleGAN: bicycleGan,
} satisfies Record<MethodName, Method>;
