/** Models and pictures of tests, and what the published code made of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@munit/core';
import { type Model, modelOf, readCheckpoint } from '@munit/formats';

export * from './pageModels.js';

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
  if (checkpoint.kind !== 'generator') throw new Error(`${path} is not a generator`);
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
