/** Every case of `transforms/`: resizing, cropping and normalising as torchvision and Pillow do. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { transformParityCases } from '@munit/data/node';
import type { Line } from './line.js';

/** The folder of the transforms' cases in a directory of reference files; undefined when it has none. */
export function transformsFolder(directory: string): string | undefined {
  const folder = join(directory, 'transforms');
  return existsSync(join(folder, 'transforms.safetensors')) ? folder : undefined;
}

/** Bytes must be equal; the normalised values are within a float's rounding. */
export async function checkTransforms(folder: string): Promise<Line[]> {
  const results = await transformParityCases(folder);
  return results.map(({ name, error, pass }) => ({ name: `transforms/${name}`, ratio: pass ? 0 : Infinity, passed: pass, detail: `largest error ${error}` }));
}
