/** The example of the README, and what the file holds. */
import { readFileSync } from 'node:fs';
import { readSafetensors } from '@munit/core';
import { expect, it } from 'vitest';
import { loadLpipsWeights } from './index.js';

it('the README’s example gives a safetensors file with all that it lists', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain('const file = await loadLpipsWeights();');
  const { tensors } = readSafetensors(await loadLpipsWeights());
  const shapes = Object.fromEntries([...tensors].map(([name, { shape, dtype }]) => [name, `${dtype} ${shape.join('×')}`]));
  expect(Object.keys(shapes)).toHaveLength(10 + 4 * 5);
  expect(shapes['alexnet.features.0.weight']).toBe('F32 64×3×11×11');
  expect(shapes['alexnet.features.10.weight']).toBe('F16 256×256×3×3');
  expect(shapes['alexnet.features.10.bias']).toBe('F32 256');
  for (const version of ['v0.0', 'v0.1']) {
    const widths = (network: string): (string | undefined)[] => [0, 1, 2, 3, 4].map((l) => shapes[`lpips.${network}.${version}.lin${l}`]);
    expect(widths('alex')).toEqual(['F32 64', 'F32 192', 'F32 384', 'F32 256', 'F32 256']);
    expect(widths('vgg')).toEqual(['F32 64', 'F32 128', 'F32 256', 'F32 512', 'F32 512']);
  }
});

it('heads have no negative weights, as LPIPS was trained', async () => {
  const { tensors } = readSafetensors(await loadLpipsWeights());
  const heads = [...tensors].filter(([name]) => name.startsWith('lpips.'));
  expect(heads.flatMap(([, tensor]) => [...tensor.float32()]).every((weight) => weight >= 0)).toBe(true);
});
