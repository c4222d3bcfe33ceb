import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { depthwiseFields, geometryFields, recordWriter } from './geometry.js';

it.each([
  ['geometry', 'Geometry', geometryFields],
  ['depthwise', 'Depthwise', depthwiseFields],
])('assembly/conv/%s.ts begins with the same fields in the same order', async (file, name, fields) => {
  const source = await readFile(new URL(`../../assembly/conv/${file}.ts`, import.meta.url), 'utf8');
  const body = source.slice(source.indexOf(`class ${name} {`));
  const declared = [...body.matchAll(/^ {2}(\w+): (i32|usize|f32);$/gm)].map(([, field]) => field);
  expect(declared.slice(0, fields.length)).toEqual(fields);
});

it('writes to memory that has grown, though the earlier views are detached', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const write = recordWriter(['a', 'b'], () => memory.buffer, 64);
  write({ a: 1, b: 2 });
  memory.grow(1);
  write({ a: 3, b: -4 });
  expect([...new Int32Array(memory.buffer, 64, 2)]).toEqual([3, -4]);
});
