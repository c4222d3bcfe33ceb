import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { type Geometry, geometryFields, geometryWriter } from './geometry.js';

it('has the fields of the assembly, in its order', async () => {
  const source = await readFile(new URL('../../assembly/conv/geometry.ts', import.meta.url), 'utf8');
  const declared = [...source.matchAll(/^ {2}(\w+): i32;$/gm)].map(([, name]) => name);
  expect(declared).toEqual([...geometryFields, 'algorithm']);
});

it('writes to memory that has grown, though the earlier views are detached', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const write = geometryWriter(() => memory.buffer, 64);
  const geometry = (first: number): Geometry => Object.fromEntries(geometryFields.map((field, i) => [field, first + i])) as Geometry;
  write(geometry(1));
  memory.grow(1);
  write(geometry(100));
  expect([...new Int32Array(memory.buffer, 64, geometryFields.length)]).toEqual(geometryFields.map((_, i) => 100 + i));
});
