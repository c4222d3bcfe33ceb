import { createHash } from 'node:crypto';
import { writeSafetensors } from '@munit/core';
import { expect, it } from 'vitest';
import { checkWeights, weightFiles } from './weightFiles.js';

it('published files are named by the start of their sum, as the hub of PyTorch checks it', () => {
  for (const { name, sha256, address, bytes } of weightFiles) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(name).toContain(sha256.slice(0, 8));
    expect(address.endsWith(`/${name}`)).toBe(true);
    expect(bytes).toBeGreaterThan(4e6);
  }
});

it('says what a file is: by its values, by its sum, or why it is of no use', async () => {
  const data = new Float32Array(1728);
  data.set([-0.5537306, 0.1427047, 0.52896148, -0.58312404, 0.35655147, 0.7656623, -0.69022113, -0.04801885]);
  const file = writeSafetensors([['features.0.weight', { shape: [64, 3, 3, 3], data }]]) as Uint8Array<ArrayBuffer>;
  expect(await checkWeights(file)).toEqual({
    usable: true,
    network: 'vgg16',
    preprocessing: 'torchvision',
    published: undefined,
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  });
  const other = await checkWeights(writeSafetensors([['features.0.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) }]]) as Uint8Array<ArrayBuffer>);
  expect(other).toMatchObject({ usable: false, problem: expect.stringContaining('not known') as string });
  expect((await checkWeights(new TextEncoder().encode('<!doctype html>')))).toMatchObject({ usable: false, bytes: 15 });
});
