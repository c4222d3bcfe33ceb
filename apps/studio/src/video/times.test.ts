import { expect, it } from 'vitest';
import { orderOfTimes } from './times.js';

it('shows at every moment the last image that was there by then', () => {
  // Thirty frames a second: images at 0, 0.1 and 0.25 seconds are frames 0, 3 and 7.5.
  expect(orderOfTimes([0, 0.1, 0.25], 0.4)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
  // Faster than the video: some are left out.
  expect(orderOfTimes([0, 0.01, 0.02, 0.03, 0.04], 0.1)).toEqual([0, 3, 4]);
  expect(orderOfTimes([0], 0.001)).toEqual([0]);
});
