import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PixelImage } from './types.js';
import { resizeBilinear, resizeShorterSide, shorterSideSize } from './index.js';

interface Golden {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly toWidth: number;
  readonly toHeight: number;
  readonly input: string;
  readonly output: string;
}
const golden = JSON.parse(readFileSync(new URL('../test-data/pillowResize.json', import.meta.url), 'utf8')) as { cases: Golden[] };

function grey(width: number, height: number, values: readonly number[]): PixelImage {
  return { width, height, channels: 1, data: Uint8Array.from(values) };
}

describe('resizeBilinear', () => {
  it.each(golden.cases)('equals Pillow: $width×$height×$channels to $toWidth×$toHeight', ({ width, height, channels, toWidth, toHeight, input, output }) => {
    const image = { width, height, channels, data: new Uint8Array(Buffer.from(input, 'base64')) };
    const resized = resizeBilinear(image, toWidth, toHeight);
    expect([resized.width, resized.height, resized.channels]).toEqual([toWidth, toHeight, channels]);
    expect([...resized.data]).toEqual([...Buffer.from(output, 'base64')]);
  });

  it('halves by the triangle filter: weights 1 3 3 1 over 8, cut off at the border', () => {
    // Output 0 reads inputs 0..2 with weights 3 3 1 (over 7), output 1 inputs 1..3 with weights 1 3 3.
    expect([...resizeBilinear(grey(4, 1, [0, 70, 140, 210]), 2, 1).data]).toEqual([50, 160]);
  });

  it('keeps a constant picture constant and the same size the same bytes', () => {
    const white = grey(37, 11, new Array<number>(37 * 11).fill(255));
    expect(new Set(resizeBilinear(white, 5, 29).data)).toEqual(new Set([255]));
    expect(resizeBilinear(white, 37, 11)).toBe(white);
  });

  it('refuses sizes that are not whole and positive', () => {
    expect(() => resizeBilinear(grey(1, 1, [0]), 0, 1)).toThrow('at least 1; got 0×1');
    expect(() => resizeBilinear(grey(1, 1, [0]), 1.5, 1)).toThrow('got 1.5×1');
  });
});

describe('resizeShorterSide', () => {
  it("truncates the longer side as torchvision does", () => {
    // 128 · 500 / 331 = 193.35; 90 · 500 / 331 = 135.95
    expect(shorterSideSize(500, 331, 128)).toEqual({ width: 193, height: 128 });
    expect(shorterSideSize(331, 500, 90)).toEqual({ width: 90, height: 135 });
    expect(shorterSideSize(64, 64, 7)).toEqual({ width: 7, height: 7 });
  });

  it('keeps the channels', () => {
    const image: PixelImage = { width: 6, height: 4, channels: 3, data: new Uint8Array(72).fill(9) };
    const resized = resizeShorterSide(image, 2);
    expect([resized.width, resized.height, resized.channels, resized.data.length]).toEqual([3, 2, 3, 18]);
  });
});
