import { expect, it } from 'vitest';
import { formatCode, parseCode, rounded, sameCode, withLocks, withNumber } from './codes.js';

it('keeps three decimals, so that a link says exactly what is seen', () => {
  const code = rounded(Float32Array.of(0.12345, -1.99951, -0.0001));
  expect(code).toEqual([0.123, -2, 0]);
  expect(Object.is(code[2], 0)).toBe(true);
  expect(formatCode(code)).toBe('0.123,-2,0');
  expect(parseCode(formatCode(code))).toEqual(code);
});

it.each([null, undefined, '', 'a,b', '1,,x', '1e99', 'NaN'])('takes %j for no code', (text) => {
  expect(parseCode(text)).toBeUndefined();
});

it('holds locked numbers', () => {
  expect(withLocks([1, 2, 3], [7, 8, 9], [false, true, false])).toEqual([1, 8, 3]);
  expect(withLocks([1, 2], [], [true, true])).toEqual([1, 2]);
  expect(withNumber([1, 2, 3], 1, 0.5)).toEqual([1, 0.5, 3]);
  expect([sameCode([1, 2], [1, 2]), sameCode([1, 2], [1, 3]), sameCode([1], [1, 2])]).toEqual([true, false, false]);
});
