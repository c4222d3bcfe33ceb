import { Rng } from '@munit/core';
import { describe, expect, it } from 'vitest';
import type { PixelImage } from './types.js';
import { evenSized, rgbOfYuv, yuv420OfPixels, type YuvImage, type YuvMatrix } from './yuv.js';

const colour = (r: number, g: number, b: number): PixelImage => ({ width: 2, height: 2, channels: 3, data: Uint8Array.from([r, g, b, r, g, b, r, g, b, r, g, b]) });

/** The planes that `yuv420OfPixels` gives, as an image again. */
function planesOf(data: Uint8Array, width: number, height: number, matrix: YuvMatrix): YuvImage {
  const half = width / 2;
  const plane = (at: number, row: number): YuvImage['y'] => ({ data, at, row, step: 1 });
  return { width, height, y: plane(0, width), cb: plane(width * height, half), cr: plane((width * height * 5) / 4, half), shared: [2, 2], matrix, fullRange: false };
}

describe('YUV', () => {
  // The 8-bit codes of the pure colours in the limited range, as tables of ITU-R BT.601 and BT.709 have them.
  it.each([
    ['bt601', [255, 0, 0], [81, 90, 240]],
    ['bt601', [0, 255, 0], [145, 54, 34]],
    ['bt601', [0, 0, 255], [41, 240, 110]],
    ['bt709', [255, 0, 0], [63, 102, 240]],
    ['bt709', [0, 255, 0], [173, 42, 26]],
    ['bt709', [0, 0, 255], [32, 240, 118]],
    ['bt709', [255, 255, 255], [235, 128, 128]],
    ['bt601', [0, 0, 0], [16, 128, 128]],
  ] as const)('%s: %j is %j', (matrix, [r, g, b], [y, cb, cr]) => {
    const data = yuv420OfPixels(colour(r, g, b), matrix);
    expect([...data]).toEqual([y, y, y, y, cb, cr]);
    // Within a step of the 219 levels, and of the 224 of a colour at its largest factor.
    for (const [i, value] of rgbOfYuv(planesOf(data, 2, 2, matrix)).data.entries()) expect(Math.abs(value - [r, g, b][i % 3]!)).toBeLessThanOrEqual(2);
  });

  it('grey has no colour, and a film of grey is itself again', () => {
    const rng = new Rng(1);
    const grey: PixelImage = { width: 6, height: 4, channels: 1, data: Uint8Array.from({ length: 24 }, () => rng.integer(256)) };
    const data = yuv420OfPixels(grey, 'bt709');
    expect([...data.subarray(24)]).toEqual(new Array<number>(12).fill(128));
    const back = rgbOfYuv(planesOf(data, 6, 4, 'bt709')).data;
    for (let i = 0; i < 24; i++) for (let c = 0; c < 3; c++) expect(Math.abs(back[3 * i + c]! - grey.data[i]!)).toBeLessThanOrEqual(1);
  });

  it('reads planes with gaps, interleaved colours, other shares of colour and the full range', () => {
    // One row of 4:2:2, full range, in the layout Y Cb Y Cr.
    const data = Uint8Array.from([76, 85, 76, 255, 150, 44, 150, 21]);
    const plane = (at: number, step: number): YuvImage['y'] => ({ data, at, row: 8, step });
    const image = rgbOfYuv({ width: 4, height: 1, y: plane(0, 2), cb: plane(1, 4), cr: plane(3, 4), shared: [2, 1], matrix: 'bt601', fullRange: true });
    // JPEG's red and green.
    const expected = [254, 0, 0, 254, 0, 0, 0, 255, 1, 0, 255, 1];
    for (const [i, value] of image.data.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1);
  });

  it('repeats the last column and row of an odd size', () => {
    const image = { width: 3, height: 1, channels: 1 as const, data: Uint8Array.of(1, 2, 3) };
    expect(evenSized(image)).toEqual({ width: 4, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 3, 1, 2, 3, 3) });
    expect(evenSized(colour(1, 2, 3))).toEqual(colour(1, 2, 3));
    expect(() => yuv420OfPixels(image, 'bt601')).toThrow('A frame in 4:2:0 has an even width and height, but this one is 3×1. Repeat its last column or row.');
  });
});
