import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inRoot } from '../../lib/paths.mjs';
import { matrix } from './matrix.mjs';

it('is what docs/guide/bundlers.md says is tried, no more and no less', () => {
  const tried = [...readFileSync(inRoot('docs', 'guide', 'bundlers.md'), 'utf8').matchAll(/^\| (?!with|---)([^|]+?) \|.*\d+\.\d+\.\d+/gm)].map(([, name]) => `matrix/${name}`);
  // Next.js is one of the examples, which are tried as well.
  expect(tried.filter((name) => name !== 'matrix/Next.js 16').sort()).toEqual(matrix('').map(({ name }) => name).sort());
});
