/** The training step of a run: everything filled in that stays the same over it. */
import { type Params, type PerDomain, tensor, type Tensor4D } from '@munit/core';
import type { ImageBatch } from '@munit/data';
import type { TrainingConfig } from '../config/index.js';
import { adam } from '../optimizer/index.js';
import type { TrainState } from '../state/index.js';
import { disposeAll } from '../step/accumulate.js';
import { trainStep } from '../step/step.js';
import type { Images, Objective, StepResult } from '../step/types.js';
import { emaDecay, learningRates } from './rates.js';

/** Consumes the state's tensors, as `trainStep` does. */
export type Stepper = (state: TrainState, batches: readonly PerDomain<ImageBatch>[]) => StepResult;

export function createStepper(config: TrainingConfig, objective: Objective): Stepper {
  const optimizer = adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
  const decay = emaDecay(config);
  return (state, batches) => {
    const images: Images[] = batches.map(({ a, b }) => ({ a: toTensor(a), b: toTensor(b) }));
    try {
      return trainStep(state, images, { objective, optimizer, rates: learningRates(state.step, config), emaDecay: decay });
    } finally {
      for (const { a, b } of images) disposeAll([a, b]);
    }
  };
}

const toTensor = ({ data, shape }: ImageBatch): Tensor4D => tensor(data, [...shape]) as Tensor4D;
