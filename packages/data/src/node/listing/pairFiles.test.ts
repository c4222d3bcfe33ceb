import { DataError } from '@munit/core';
import { expect, it } from 'vitest';
import { pairFiles } from './pairFiles.js';
import type { DomainFiles } from './types.js';

const files = (label: string, ...names: string[]): DomainFiles => ({ label, ignored: [], files: names.map((name) => ({ name, path: `/${label}/${name}` })) });
const namesOf = ({ files: list }: DomainFiles): string[] => list.map(({ name }) => name);

it('brings the partners of A into its order, whatever their extensions', () => {
  const { a, b } = pairFiles({ a: files('edges', 'deep/2.png', 'x.1.png', '3.png'), b: files('shoes', '3.jpg', 'deep/2.webp', 'x.1.png') });
  expect(namesOf(a)).toEqual(['deep/2.png', 'x.1.png', '3.png']);
  expect(namesOf(b)).toEqual(['deep/2.webp', 'x.1.png', '3.jpg']);
});

it('names files without a partner, and names that are there twice', () => {
  expect(() => pairFiles({ a: files('edges', '1.png', '2.png'), b: files('shoes', '2.png', '4.png') })).toThrow(/1\.png of edges, 4\.png of shoes without a partner/);
  expect(() => pairFiles({ a: files('edges', '1.png', '1.jpg'), b: files('shoes', '1.png') })).toThrow(/1\.jpg of edges with a name that is there twice/);
  expect(() => pairFiles({ a: files('edges', '1.png'), b: files('shoes', '2.png') })).toThrow(DataError);
});
