import type { PixelImage } from '@munit/images';
import { outlineOf } from '../outlines.js';
import type { Content, Style } from '../types.js';
import { hsvToRgb } from './colour.js';
import { depthsOf } from './depth.js';
import { distanceField } from './distanceField.js';
import { coverage, strokeWidth } from './renderA.js';
import { shader } from './shading.js';
import { checkSize } from './silhouette.js';

/** How much darker the fill gets at its very edge. */
const rimDepth = 0.14;

/**
 * B: the shape of `content` filled with the hue, texture and light of `style`, on the style's background.
 * Texture, light and rim move the HSV value only and the highlight mixes in white, so the HSV hue is one over the whole shape.
 * @returns uint8 RGB // [size, size, 3]
 * @throws ArgumentError unless `size` is a whole number from 16 to 4096.
 */
export function renderB(content: Content, style: Style, size: number): PixelImage {
  checkSize(size);
  const rim = 2 * strokeWidth(size);
  const distances = distanceField(outlineOf(content, size), size, rim + 1);
  const depths = depthsOf(content, size);
  const shadeAt = shader(content, style, size);
  const fill = hsvToRgb(style.hue, style.saturation, style.value);
  const data = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const p = row * size + column;
      const d = distances[p]!;
      const share = coverage(d);
      if (share === 0) {
        for (let c = 0; c < 3; c++) data[3 * p + c] = style.background[c]!;
        continue;
      }
      const shade = shadeAt(column + 0.5, row + 0.5, depths[p]!);
      const edge = Math.max(0, 1 + Math.min(0, d) / rim);
      const value = shade.value * (1 - rimDepth * edge * edge);
      // No highlight at the edge: the outline stays as clear there as elsewhere.
      const white = shade.white * (1 - edge);
      for (let c = 0; c < 3; c++) {
        const lit = fill[c]! * value * (1 - white) + white;
        data[3 * p + c] = Math.round(share * 255 * lit + (1 - share) * style.background[c]!);
      }
    }
  }
  return { width: size, height: size, channels: 3, data };
}
