import { expect, it } from 'vitest';
import { createPace } from './pace.js';

it('the pace is that of the last units, and says how long the rest takes', () => {
  let now = 0;
  const pace = createPace(() => now);
  expect(pace(1, 100)).toEqual({ perSecond: undefined, secondsLeft: undefined });
  now = 500;
  expect(pace(2, 100)).toEqual({ perSecond: 2, secondsLeft: 49 });
  // After a slow start, thirty at four a second.
  for (let done = 3; done <= 40; done++) {
    now += 250;
    pace(done, 100);
  }
  now += 250;
  expect(pace(41, 100)).toEqual({ perSecond: 4, secondsLeft: 14.75 });
});
