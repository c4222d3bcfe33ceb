import { expect, it } from 'vitest';
import { codeAt, placeOf, planeOf } from './plane.js';

/** Points of a plane in five dimensions: three along the first direction for one along the second. */
const right = [0.6, 0, 0.8, 0, 0];
const up = [0, 1, 0, 0, 0];
const centre = [1, 2, 3, 4, 5];
const at = (a: number, b: number): number[] => centre.map((value, i) => value + a * right[i]! + b * up[i]!);
const codes = [at(3, 0), at(-3, 0), at(0, 1), at(0, -1)];

it('finds the two directions in which styles differ most, and how much', () => {
  const plane = planeOf(codes)!;
  expect(plane.centre).toEqual(centre);
  // Four points, of which two are 3 and two are 1 away: √(18 / 4) and √(2 / 4).
  for (const [axis, direction, deviation] of [[plane.axes[0], right, Math.sqrt(4.5)], [plane.axes[1], up, Math.sqrt(0.5)]] as const) {
    for (const [i, value] of axis.entries()) expect(value).toBeCloseTo(direction[i]! * deviation, 6);
  }
});

it('goes from places to styles and back', () => {
  const plane = planeOf(codes)!;
  expect(codeAt(plane, { x: 0, y: 0 })).toEqual(centre);
  const code = codeAt(plane, { x: Math.SQRT2, y: 0 });
  // √2 deviations of √4.5 are 3.
  expect(code).toEqual([2.8, 2, 5.4, 4, 5]);
  const place = placeOf(plane, [2.8, 2, 5.4, 4 + 7, 5]);
  expect(place.x).toBeCloseTo(Math.SQRT2, 6);
  expect(place.y).toBeCloseTo(0, 6);
});

it('has no plane where styles lie on a line, or are too few or too short', () => {
  expect(planeOf([at(1, 0), at(2, 0), at(3, 0)])).toBeUndefined();
  expect(planeOf(codes.slice(0, 2))).toBeUndefined();
  expect(planeOf([[1], [2], [4]])).toBeUndefined();
});
