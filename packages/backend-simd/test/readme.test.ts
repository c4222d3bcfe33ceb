import { readFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-cpu';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { kernels } from '../src/kernels/all.js';

it('says truly which kernels run in WebAssembly and which fall back', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('| | in WebAssembly |'), readme.indexOf('A MobileNet'));
  const rows = table.trim().split('\n').slice(2).map((line) => line.split('|').slice(2, 4));
  // What follows a semicolon is a note.
  const named = (column: number): string[] => rows.flatMap((cells) => [...cells[column]!.split(';')[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const ours = new Set(kernels.map(({ name }) => name));
  const tensorflows = getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  expect(named(0).sort()).toEqual(tensorflows.filter((name) => ours.has(name)).sort());
  expect(named(1).sort()).toEqual(tensorflows.filter((name) => !ours.has(name)).sort());
});
