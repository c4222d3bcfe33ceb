import type { PixelImage } from '@munit/images';
import { describe, expect, it } from 'vitest';
import { drawText, fitText, textWidth } from './font.js';
import { composeGrid, contactSheet } from './grid.js';
import { shrinkToWidth } from './thumbnail.js';

const plain = (width: number, height: number, rgb: readonly number[]): PixelImage => ({
  width,
  height,
  channels: rgb.length === 1 ? 1 : 3,
  data: Uint8Array.from({ length: width * height * rgb.length }, (_, i) => rgb[i % rgb.length]!),
});
const pixel = (image: PixelImage, x: number, y: number): number[] => [
  ...image.data.subarray((y * image.width + x) * image.channels, (y * image.width + x + 1) * image.channels),
];

describe('composeGrid', () => {
  it('places images with gaps, centres smaller ones and leaves empty cells blank', () => {
    const grid = composeGrid(
      [
        [plain(4, 4, [255, 0, 0]), plain(2, 2, [0, 0, 255])],
        [undefined, plain(4, 3, [0, 255, 0])],
      ],
      { gap: 1, background: [9, 9, 9] },
    );
    expect([grid.width, grid.height, grid.channels]).toEqual([1 + 4 + 1 + 4 + 1, 1 + 4 + 1 + 3 + 1, 3]);
    expect(pixel(grid, 0, 0)).toEqual([9, 9, 9]);
    expect(pixel(grid, 1, 1)).toEqual([255, 0, 0]);
    expect(pixel(grid, 4, 4)).toEqual([255, 0, 0]);
    // The 2×2 image sits in the middle of its 4×4 cell.
    expect(pixel(grid, 6, 1)).toEqual([9, 9, 9]);
    expect(pixel(grid, 7, 2)).toEqual([0, 0, 255]);
    expect(pixel(grid, 8, 3)).toEqual([0, 0, 255]);
    expect(pixel(grid, 9, 4)).toEqual([9, 9, 9]);
    expect(pixel(grid, 2, 7)).toEqual([9, 9, 9]);
    expect(pixel(grid, 6, 6)).toEqual([0, 255, 0]);
  });

  it('repeats grey into the three channels', () => {
    expect(pixel(composeGrid([[plain(1, 1, [77])]], { gap: 0 }), 0, 0)).toEqual([77, 77, 77]);
  });

  it('draws the column labels above the images and nothing into them', () => {
    const cell = plain(16, 16, [255, 255, 255]);
    const bare = composeGrid([[cell]], { gap: 0 });
    const labelled = composeGrid([[cell]], { gap: 0, columns: ['i'], ink: [0, 0, 0] });
    expect(labelled.height).toBe(bare.height + 7);
    const inked: string[] = [];
    for (let y = 0; y < labelled.height; y++) {
      for (let x = 0; x < labelled.width; x++) if (pixel(labelled, x, y)[0] === 0) inked.push(`${x},${y}`);
    }
    // The letter I: a bar above, a bar below, a stem between, centred in 16 pixels.
    expect(inked).toEqual(['6,1', '7,1', '8,1', '7,2', '7,3', '7,4', '6,5', '7,5', '8,5']);
  });

  it('widens the columns of the smallest images to their labels, which are whole', () => {
    const grid = composeGrid([[plain(16, 16, [255, 0, 0]), plain(16, 16, [0, 0, 255])]], { gap: 2, columns: ['example', 'i'], ink: [0, 0, 0] });
    // Seven letters of 3 pixels, one between two: 27. The other column stays as wide as its image.
    expect(grid.width).toBe(2 + 27 + 2 + 16 + 2);
    const inked = Array.from({ length: grid.width }, (_, x) => x).filter((x) => Array.from({ length: 7 }, (_, y) => pixel(grid, x, y)[0]).includes(0));
    expect([inked[0], inked.findLast((x) => x < 30)]).toEqual([2, 28]);
    // The first image is centred below its label: 5 pixels to the left, 6 to the right.
    const row = grid.height - 3;
    expect([6, 7, 22, 23].map((x) => pixel(grid, x, row)[1])).toEqual([255, 0, 0, 255]);
    expect(pixel(grid, 2 + 27 + 2, row)).toEqual([0, 0, 255]);
  });

  it('refuses a grid without images', () => {
    expect(() => composeGrid([])).toThrow('at least one image');
    expect(() => composeGrid([[undefined]])).toThrow('at least one image');
  });
});

describe('font', () => {
  it('measures and shortens', () => {
    expect(textWidth('')).toBe(0);
    expect(textWidth('AB', 2)).toBe(14);
    expect(fitText('style 10', 23)).toBe('style');
    expect(textWidth(fitText('style 10', 23))).toBeLessThanOrEqual(23);
  });

  it('draws letters that differ from each other', () => {
    const shapes = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-/_><()=%#'"].map((letter) => {
      const ink: number[] = [];
      drawText(letter, 1, (x, y) => ink.push(y * 3 + x));
      return ink.join();
    });
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});

describe('contactSheet', () => {
  const one = plain(8, 8, [1, 2, 3]);
  it('keeps columns in place where a row lacks a part', () => {
    const sheet = contactSheet({
      name: 'a-to-b',
      caption: 'Outlines.',
      rows: [
        { name: 'first', input: one, reconstruction: one, styles: [one, one], guided: { example: one, output: plain(8, 8, [200, 0, 0]) } },
        { name: 'second', input: one, styles: [one] },
      ],
    });
    expect(sheet.columns).toEqual(['input', 'rebuilt', 'style 1', 'style 2', 'example', 'guided']);
    expect(sheet.rows).toEqual(['first', 'second']);
    // Images of 8 pixels below words of 5 to 7 letters, of 3 pixels each with 1 between.
    const widths = [19, 27, 27, 27, 27, 23];
    expect(sheet.image.width).toBe(widths.reduce((sum, width) => sum + width + 2, 2));
    const last = sheet.image.width - 2 - 23 + 7;
    expect(pixel(sheet.image, last, sheet.image.height - 2 - 10 - 8)).toEqual([200, 0, 0]);
    expect(pixel(sheet.image, last, sheet.image.height - 4)).toEqual([255, 255, 255]);
  });
});

describe('shrinkToWidth', () => {
  it('takes means of blocks, cut at the border', () => {
    const image: PixelImage = { width: 3, height: 2, channels: 1, data: Uint8Array.of(10, 20, 90, 30, 40, 50) };
    const small = shrinkToWidth(image, 2);
    expect([small.width, small.height]).toEqual([2, 1]);
    expect([...small.data]).toEqual([25, 70]);
    expect(shrinkToWidth(image, 3)).toBe(image);
    expect(() => shrinkToWidth(image, 0)).toThrow('width of 0');
  });
});
