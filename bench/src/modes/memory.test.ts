import { expect, it } from 'vitest';
import { isFlat } from './memory.js';

it('allows the collector its ups and downs, and no growth', () => {
  expect(isFlat([200, 215, 198, 214])).toBe(true);
  expect(isFlat([200, 210, 220, 230])).toBe(false);
  expect(isFlat([300, 250, 260])).toBe(true);
});
