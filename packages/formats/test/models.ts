/** Small models to write and read. */
import type { Domain } from '@munit/core';
import type { GeneratorsArchitecture, MunitArchitecture } from '../src/official/architecture.js';
import { generatorLayout } from '../src/official/layout.js';
import type { Model } from '../src/model/types.js';
import { float32Tensor, type Weights } from '../src/torch/tensor.js';

export const tiny: MunitArchitecture = {
  method: 'munit',
  inputDim: { a: 1, b: 3 },
  dim: 2,
  styleDim: 3,
  mlpDim: 4,
  nDownsample: 1,
  nRes: 1,
  activation: 'relu',
  padMode: 'reflect',
};

/** Weights that differ from each other, the same each time: multiples of 1/16 in [-1, 1), which half precision holds exactly. */
export function weightsOf(architecture: GeneratorsArchitecture, domain: Domain, scale = 1): Weights {
  let state = domain === 'a' ? 1 : 2;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 27) - 16) / 16;
  };
  return new Map(
    generatorLayout(architecture, domain).map(({ name, shape }) => {
      const size = shape.reduce((n, d) => n * d, 1);
      return [name, float32Tensor(shape, Float32Array.from({ length: size }, () => scale * next()))];
    }),
  );
}

export function modelFor(architecture: GeneratorsArchitecture, scale = 1): Model {
  return {
    architecture,
    domains: { a: { name: 'outlines' }, b: { name: 'colours' } },
    networks: { a: weightsOf(architecture, 'a', scale), b: weightsOf(architecture, 'b', scale) },
    training: { steps: 600, size: 32 },
    metrics: { contentIoU: 0.9 },
    license: 'apache-2.0',
  };
}
