import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { memorySize } from './values.js';

test.each([
  ['3GiB', 3 * 2 ** 30],
  ['1.5 gib', 1.5 * 2 ** 30],
  ['800MB', 8e8],
  ['512', 2 ** 29],
])('%s of memory', (text, bytes) => {
  expect(memorySize(text)).toBe(bytes);
});

test.each(['', 'GiB', '-1GiB', '0', '3 apples', '1e9'])('%j is not an amount of memory', (text) => {
  expect(() => memorySize(text)).toThrow(InvalidArgumentError);
});
