import type { PixelImage } from '@munit/images';
import { describe, expect, it } from 'vitest';
import { curves, LossHistory, type Point, pointOf } from './history.js';
import { shotOf, withShot } from './samples.js';

const point = (value: number): Point => Object.fromEntries(curves.map(({ id }) => [id, value])) as Point;

describe('LossHistory', () => {
  it('is the mean of both directions, and NaN where a term is missing', () => {
    const { image, style } = pointOf({ terms: { loss_gen_recon_x_a: 1, loss_gen_recon_x_b: 2 } });
    expect([image, style]).toEqual([1.5, Number.NaN]);
  });

  it('smooths by an exponential mean, skipping NaN', () => {
    const history = new LossHistory();
    [4, 8, Number.NaN, 0].forEach((value, i) => history.add(i + 1, point(value)));
    expect(history.series(2)[1]).toEqual([4, 6, 6, 3]);
    expect(history.series(1)[1]).toEqual([4, 8, 8, 0]);
  });

  it('forgets what came after the step that it goes back to, and thins out what is old', () => {
    const history = new LossHistory(8);
    for (let step = 1; step <= 8; step++) history.add(step, point(step));
    history.add(6, point(60));
    expect(history.series(1).slice(0, 2)).toEqual([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 60]]);
    for (let step = 7; step <= 9; step++) history.add(step, point(step));
    expect(history.series(1)[0]).toEqual([1, 3, 5, 6, 7, 8, 9]);
  });
});

it('keeps the first and the newest of many shots', () => {
  const image: PixelImage = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
  const shot = (step: number) => shotOf({ kind: 'sample', step, images: [{ name: 'a-to-b', image, cells: [{ name: 'x', input: image, styles: [] }] }] });
  expect(shot(3).rows.ab.map(({ name }) => name)).toEqual(['x']);
  expect(shot(3).rows.ba).toEqual([]);
  const all = [0, 5, 10, 15, 20].reduce<ReturnType<typeof withShot>>((shots, step) => withShot(shots, shot(step), 4), []);
  expect(all.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(withShot(all, shot(10)).map(({ step }) => step)).toEqual([0, 10]);
});
