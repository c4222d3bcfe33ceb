import { ConfigError } from '@munit/core';
import type { VggParams } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';
import { munitObjective } from './munit.js';
import { perceptualFeatures } from './perceptual.js';
import type { Objective } from './types.js';
import { unitObjective } from './unit.js';

export { trainStep, type StepOptions } from './step.js';
export type { Images, LossOf, Objective, StepHooks, StepNoise, StepResult, Terms } from './types.js';

/**
 * The objective of a configuration. `vgg` are VGG16's weights, needed where `vgg_w` is above 0; they stay the caller's.
 * @throws ConfigError when they are needed and absent
 */
export function createObjective(config: TrainingConfig, vgg?: VggParams): Objective {
  if (config.vgg_w > 0 && vgg === undefined) {
    throw new ConfigError(`The perceptual loss (vgg_w ${config.vgg_w}) needs the weights of VGG16.`, {
      remedy: "Name them by 'vgg_weights' (a .pth or .safetensors file), or set vgg_w to 0.",
    });
  }
  const perceptual = config.vgg_w > 0 && vgg !== undefined ? perceptualFeatures(config, vgg) : undefined;
  return config.trainer === 'UNIT' ? unitObjective(config, perceptual) : munitObjective(config, perceptual);
}
