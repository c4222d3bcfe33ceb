/** Small models and pictures of tests. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors, Rng } from '@munit/core';
import { float32Tensor, generatorLayout, type GeneratorsArchitecture, type Model, type MunitArchitecture, readCheckpoint, modelOf, type Weights } from '@munit/formats';
import type { PixelImage } from '../src/images/planes.js';

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

export function weightsOf(architecture: GeneratorsArchitecture, domain: 'a' | 'b'): Weights {
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
export function noise(width: number, height: number, channels: 1 | 3 | 4 = 3, seed = 1): PixelImage {
  const rng = new Rng(seed);
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, () => rng.integer(256)) };
}

export const referenceDirectory = process.env['MUNIT_REFERENCE_DIR'] ?? fileURLToPath(new URL('../../formats/test-data/reference', import.meta.url));

export interface Reference {
  readonly model: Model;
  readonly path: string;
  /** An array of `translate/*`, PyTorch's layout. */
  truth(name: string): { readonly shape: readonly number[]; readonly data: Float32Array };
}

/** A checkpoint of the published code, and what PyTorch translated with it. */
export function reference(method: 'munit' | 'unit'): Reference | undefined {
  const folder = `${referenceDirectory}/checkpoint_${method}`;
  const path = ['gen_00000005.pt', 'gen_00000005.legacy.pt', 'gen_00000005.pytorch03.pt'].map((name) => `${folder}/${name}`).find((name) => existsSync(name));
  if (path === undefined || !existsSync(`${folder}/expected.safetensors`)) return undefined;
  const checkpoint = readCheckpoint(new Uint8Array(readFileSync(path)));
  if (checkpoint.kind !== 'generator') throw new Error(`${path} is no generator`);
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(`${folder}/expected.safetensors`)));
  return {
    model: modelOf(checkpoint),
    path,
    truth(name) {
      const found = tensors.get(`translate/${name}`);
      if (found === undefined) throw new Error(`no ${name}`);
      return { shape: found.shape, data: found.float32() };
    },
  };
}

/** [1, C, H, W] -> [H, W, C] */
export function interleaved({ shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }): Float32Array<ArrayBuffer> {
  const [, channels = 1, height = 1, width = 1] = shape;
  const out = new Float32Array(data.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < width * height; i++) out[i * channels + c] = data[c * width * height + i]!;
  return out;
}

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};
