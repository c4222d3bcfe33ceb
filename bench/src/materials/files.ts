/** The files by which contestants get the same weights and inputs. Tensors have PyTorch's names and layouts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import type { Item } from './items.js';
import type { Arrays } from './tensors.js';

/** Items with the same networks share their weights. */
export const weightsFile = (folder: string, { kind, name, width }: Item): string =>
  join(folder, kind !== 'translate' && kind !== 'decode' ? `weights-${name}.safetensors` : `weights-generators-${width}.safetensors`);

export const inputsFile = (folder: string, { name }: Item): string => join(folder, `inputs-${name}.safetensors`);

/** Of the items other than training. */
export const graphFile = (folder: string, { name }: Item): string => join(folder, `${name}.onnx`);

/** Where a contestant puts what came out: float32 values of an image [N, C, H, W], little-endian. */
export const resultFile = (folder: string, { name }: Item, contestant: string): string => join(folder, `${name}-${contestant}.f32`);

/** @param about metadata of the file */
export const writeArrays = (path: string, arrays: Arrays, about: Readonly<Record<string, string>> = {}): void => writeFileSync(path, writeSafetensors(arrays, about));

export function readArrays(path: string): Arrays {
  const { tensors } = readSafetensors(readFileSync(path));
  return new Map([...tensors].map(([name, { shape, float32 }]) => [name, { shape, data: float32() }]));
}

export const writeResult = (path: string, values: Float32Array): void => writeFileSync(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

export function readResult(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
