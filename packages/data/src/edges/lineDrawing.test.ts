import { describe, expect, it } from 'vitest';
import type { PixelImage } from '@munit/images';
import { lineDrawingOf } from './lineDrawing.js';

const size = 64;
/** A picture from a function of the pixel. */
const picture = (colour: (x: number, y: number) => readonly [number, number, number]): PixelImage => ({
  width: size,
  height: size,
  channels: 3,
  data: Uint8Array.from({ length: size * size }, (_, p) => p).reduce((data, _, p) => (data.set(colour(p % size, Math.floor(p / size)), 3 * p), data), new Uint8Array(3 * size * size)),
});
const disc = (inside: readonly [number, number, number], outside: readonly [number, number, number]): PixelImage => picture((x, y) => (Math.hypot(x - 31.5, y - 31.5) < 20 ? inside : outside));
/** Distances of dark pixels from the centre. */
const radii = ({ data }: PixelImage): number[] => [...data].flatMap((value, p) => (value < 128 ? [Math.hypot((p % size) - 31.5, Math.floor(p / size) - 31.5)] : []));

describe('lineDrawingOf', () => {
  it('draws a disc as a closed circle of its radius, about a pixel wide', () => {
    const found = radii(lineDrawingOf(disc([200, 40, 10], [255, 255, 255])).image);
    for (const radius of found) expect(Math.abs(radius - 20)).toBeLessThan(1.8);
    // 2π · 20 pixels of circumference.
    expect(found.length).toBeGreaterThan(110);
    expect(found.length).toBeLessThan(290);
    const angles = new Set([...lineDrawingOf(disc([200, 40, 10], [255, 255, 255])).image.data].flatMap((value, p) => (value < 128 ? [Math.floor((18 * Math.atan2(Math.floor(p / size) - 31.5, (p % size) - 31.5)) / Math.PI)] : [])));
    expect(angles.size).toBe(36);
  });

  it('finds an edge between colours of one brightness', () => {
    // 0.299 · 200 = 0.587 · 102, to a tenth of a level.
    expect(radii(lineDrawingOf(disc([200, 0, 0], [0, 102, 0])).image).length).toBeGreaterThan(110);
  });

  it('draws nothing of paper, of noise, or of a soft gradient', () => {
    const noisy = picture((x, y) => [200 + ((x * 7 + y * 13) % 5), 200, 200]);
    for (const plain of [picture(() => [90, 120, 200]), noisy, picture((x) => [2 * x, 2 * x, 2 * x])]) expect(lineDrawingOf(plain).ink).toBe(0);
  });

  it('leaves out specks that are shorter than the shortest line', () => {
    const speck = picture((x, y) => (Math.abs(x - 20) < 2 && Math.abs(y - 20) < 2 ? [0, 0, 0] : [255, 255, 255]));
    expect(lineDrawingOf(speck, { shortest: 40 }).ink).toBe(0);
    expect(lineDrawingOf(speck, { shortest: 2 }).ink).toBeGreaterThan(0);
  });

  it('refuses options that mean nothing', () => {
    expect(() => lineDrawingOf(picture(() => [0, 0, 0]), { strong: 0 })).toThrow("'strong' must be above 0 and at most 1; got 0.");
    expect(() => lineDrawingOf(picture(() => [0, 0, 0]), { blur: 0 })).toThrow("'blur' must be above 0");
  });
});
