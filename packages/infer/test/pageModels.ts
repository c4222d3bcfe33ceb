/** Small models and pictures of tests, in Node and in pages. */
import { type Domain, Rng } from '@munit/core';
import { type BicycleGanArchitecture, type CycleGanArchitecture, float32Tensor, generatorLayout, type GeneratorsArchitecture, type Model, type MunitArchitecture, type Weights } from '@munit/formats';
import type { RawPixels } from '@munit/images';

export const tiny: MunitArchitecture = {
  method: 'munit',
  inputDim: { a: 3, b: 3 },
  dim: 4,
  styleDim: 3,
  mlpDim: 4,
  nDownsample: 2,
  nRes: 1,
  activation: 'relu',
  padMode: 'reflect',
};

const { method: _, styleDim: __, mlpDim: ___, ...shared } = tiny;
export const tinyUnit: GeneratorsArchitecture = { method: 'unit', ...shared };

/** CycleGAN's residual generators, in both directions. */
export const tinyCycleGan: CycleGanArchitecture = {
  method: 'cyclegan',
  directions: 'both',
  generator: 'resnet',
  inputDim: { a: 3, b: 3 },
  dim: 4,
  nDownsample: 2,
  nRes: 1,
  activation: 'relu',
  padMode: 'reflect',
  norm: 'in',
  styleDim: 0,
  whereAdd: 'input',
  dropout: false,
};

const { generator: _generator, ...inOnePiece } = tinyCycleGan;

/** BicycleGAN's U-Net for images of multiples of 16, with its encoder. */
export const tinyBicycleGan: BicycleGanArchitecture = {
  ...inOnePiece,
  method: 'bicyclegan',
  directions: 'a-to-b',
  nDownsample: 4,
  nRes: 0,
  padMode: 'zero',
  styleDim: 3,
  whereAdd: 'all',
  upsampling: 'basic',
  encoder: 'resnet',
  encoderDim: 4,
  encoderDownsample: 3,
};

export function weightsOf(architecture: GeneratorsArchitecture, domain: Domain): Weights {
  const rng = new Rng(domain === 'a' ? 1 : 2);
  return new Map(
    generatorLayout(architecture, domain).map(({ name, shape }) => {
      const size = shape.reduce((n, d) => n * d, 1);
      return [name, float32Tensor(shape, Float32Array.from(rng.uniforms(size, -0.5, 0.5)))];
    }),
  );
}

export function modelFor(architecture: GeneratorsArchitecture = tiny): Model {
  return { architecture, domains: { a: { name: 'outlines' }, b: { name: 'colours' } }, networks: { a: weightsOf(architecture, 'a'), b: weightsOf(architecture, 'b') } };
}

/** A picture of noise. */
export function noise(width: number, height: number, channels: 1 | 3 | 4 = 3, seed = 1): RawPixels {
  const rng = new Rng(seed);
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, () => rng.integer(256)) };
}

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};
