import { describe, expect, it } from 'vitest';
import { keyedRng } from '../../sampling/keyedRng.js';
import { sampleContent, sampleStyle } from '../sample.js';
import type { Content, Style } from '../types.js';
import { families } from '../types.js';
import { hsvToRgb, hueOf } from './colour.js';
import { distanceField, fillPolygon } from './distanceField.js';
import { renderA, strokeWidth } from './renderA.js';
import { renderB } from './renderB.js';
import { silhouetteOf } from './silhouette.js';

const disc: Content = { family: 'ellipse', x: 0.5, y: 0.5, radius: 0.4, angle: 0, variant: 0 };
const plain: Style = { hueMode: 3, hue: 135, saturation: 0.9, value: 1, texture: 'deep', light: 'bright', background: [255, 255, 255] };

function area(data: Uint8Array): number {
  return data.reduce((sum, v) => sum + v, 0);
}

describe('distanceField', () => {
  it('is the signed distance to a square in the band', () => {
    const square = Float64Array.of(4, 4, 12, 4, 12, 12, 4, 12);
    const field = distanceField(square, 16, 3);
    expect(field[8 * 16 + 4]).toBeCloseTo(-0.5, 6);
    expect(field[8 * 16 + 2]).toBeCloseTo(1.5, 6);
    expect(field[3 * 16 + 3]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(field[8 * 16 + 8]).toBe(-3);
    expect(field[0]).toBe(3);
  });

  it('fills by the even-odd rule at pixel centres', () => {
    expect(area(fillPolygon(Float64Array.of(4, 4, 12, 4, 12, 12, 4, 12), 16))).toBe(64);
    // A centre on the left edge is inside, one on the right edge is not.
    expect([...fillPolygon(Float64Array.of(0.5, 0, 2.5, 0, 2.5, 1, 0.5, 1), 4).subarray(0, 4)]).toEqual([1, 1, 0, 0]);
  });
});

describe('silhouetteOf', () => {
  it('has the area of the shape', () => {
    expect(area(silhouetteOf(disc, 256).data) / 256 ** 2).toBeCloseTo(Math.PI * 0.16, 2);
    expect(area(silhouetteOf({ ...disc, family: 'hexagon' }, 256).data) / 256 ** 2).toBeCloseTo(1.5 * Math.sqrt(3) * 0.16, 2);
    const square = { ...disc, family: 'rectangle' } as const;
    expect(area(silhouetteOf(square, 256).data) / 256 ** 2).toBeCloseTo(2 * 0.16, 2);
  });

  it('is one piece of the same shape at every size, inside the picture with a margin', () => {
    for (let i = 0; i < 200; i++) {
      const content = { ...sampleContent(keyedRng(5, i)), family: families[i % families.length]! };
      const small = silhouetteOf(content, 32).data;
      const large = silhouetteOf(content, 128).data;
      expect(area(small) * 16).toBeGreaterThan(0.85 * area(large));
      expect(area(small) * 16).toBeLessThan(1.15 * area(large));
      for (let k = 0; k < 32; k++) expect(small[k]! + small[31 * 32 + k]! + small[32 * k]! + small[32 * k + 31]!).toBe(0);
    }
  });

  it('refuses invalid sizes', () => {
    expect(() => silhouetteOf(disc, 12.5)).toThrow('whole number from 16 to 4096; got 12.5');
  });
});

describe('renderA', () => {
  it('is a dark stroke inside the silhouette on white', () => {
    const size = 64;
    const { data } = renderA(disc, size);
    const value = (x: number, y: number): number => data[3 * (y * size + x)]!;
    expect(value(32, 32)).toBe(255);
    expect(value(0, 0)).toBe(255);
    // The right edge of the disc lies at 32 + 25.6; the stroke reaches inwards from it.
    expect(value(56, 32)).toBe(22);
    expect(value(58, 32)).toBe(255);
    let ink = 0;
    for (let p = 0; p < size * size; p++) ink += (255 - data[3 * p]!) / (255 - 22);
    const width = strokeWidth(size);
    expect(ink / (Math.PI * (25.6 ** 2 - (25.6 - width) ** 2))).toBeCloseTo(1, 1);
  });
});

describe('renderB', () => {
  it('has one HSV hue over the whole shape, whatever light and texture', () => {
    for (let i = 0; i < 20; i++) {
      const rng = keyedRng(6, i);
      const content = { ...sampleContent(rng), family: families[i % families.length]! };
      const style = sampleStyle(rng);
      const { data } = renderB(content, style, 40);
      const { data: inside } = silhouetteOf(content, 40);
      for (let p = 0; p < inside.length; p++) {
        if (inside[p] === 0) continue;
        const rgb = data.subarray(3 * p, 3 * p + 3);
        const chroma = Math.max(rgb[0]!, rgb[1]!, rgb[2]!) - Math.min(rgb[0]!, rgb[1]!, rgb[2]!);
        const off = Math.abs(hueOf(rgb[0]!, rgb[1]!, rgb[2]!)! - style.hue);
        // Rounding to bytes moves the hue by up to 60° · 1 / chroma.
        expect(Math.min(off, 360 - off)).toBeLessThan(90 / chroma);
      }
    }
  });

  it('is as bright as its light, shape and ground alike', () => {
    const full = renderB(disc, plain, 64).data;
    for (const [light, brightness] of [['mild', 0.9], ['dim', 0.81], ['dark', 0.729]] as const) {
      const off = renderB(disc, { ...plain, light }, 64).data.reduce((most, value, i) => Math.max(most, Math.abs(value - brightness * full[i]!)), 0);
      // Two roundings to bytes.
      expect(off).toBeLessThan(1.1);
    }
  });

  it('is as light within its rim as its texture, at one chroma, along the outline at every size', () => {
    for (const size of [32, 64, 200]) {
      // Along the radius to the right of the centre; the pure green of the style has its largest channel first.
      const at = (texture: Style['texture'], depth: number): readonly [high: number, low: number] => {
        const p = 3 * (Math.floor(size / 2) * size + Math.floor(size * (0.5 + 0.4 * (1 - depth))));
        const { data } = renderB(disc, { ...plain, hue: 120, saturation: 0.95, texture }, size);
        return [data[p + 1]! / 255, data[p]! / 255];
      };
      for (const [texture, middle] of [['pale', 0.95], ['light', 0.817], ['medium', 0.7026], ['deep', 0.6042]] as const) {
        const [high, low] = at(texture, 0.8);
        expect(high).toBeCloseTo(middle, 2);
        expect(high - low).toBeCloseTo(0.6 * 0.95, 2);
        if (size === 200) expect(at(texture, 0.02)[0]).toBeCloseTo(1, 1);
      }
    }
  });

  it('shows the background outside', () => {
    const { data } = renderB(disc, { ...plain, background: [250, 240, 230] }, 32);
    expect([...data.subarray(0, 3)]).toEqual([250, 240, 230]);
  });
});

describe('colours', () => {
  it('HSV and RGB are each other\'s inverse', () => {
    expect(hsvToRgb(0, 1, 1)).toEqual([1, 0, 0]);
    expect(hsvToRgb(120, 1, 0.5)).toEqual([0, 0.5, 0]);
    expect(hsvToRgb(225, 1, 1)).toEqual([0, 0.25, 1]);
    for (const hue of [0, 45, 133, 271, 359]) expect(hueOf(...hsvToRgb(hue, 0.7, 0.8))).toBeCloseTo(hue, 9);
    expect(hueOf(9, 9, 9)).toBe(undefined);
  });
});
