import type { PixelImage } from '@munit/images';
import { outlineOf } from '../outlines.js';
import type { Content, Style } from '../types.js';
import { hsvToRgb } from './colour.js';
import { depthsOf } from './depth.js';
import { distanceField } from './distanceField.js';
import { coverage } from './renderA.js';
import { brightness, middleAt, middleOf } from './shading.js';
import { checkSize } from './silhouette.js';

/**
 * B: the shape of `content` filled with the hue and texture of `style`, on the style's background, all of it in the style's light.
 * Texture and light change chroma and HSV value only, so the HSV hue is one over the whole shape.
 * @returns uint8 RGB // [size, size, 3]
 * @throws ArgumentError unless `size` is a whole number from 16 to 4096.
 */
export function renderB(content: Content, style: Style, size: number): PixelImage {
  checkSize(size);
  const distances = distanceField(outlineOf(content, size), size, 1);
  const depths = depthsOf(content, size);
  const rim = hsvToRgb(style.hue, style.saturation, style.value);
  const middle = middleOf(style);
  const light = brightness[style.light];
  const data = new Uint8Array(size * size * 3);
  for (let p = 0; p < distances.length; p++) {
    const share = coverage(distances[p]!);
    const within = middleAt(depths[p]!);
    for (let c = 0; c < 3; c++) {
      const paint = 255 * (rim[c]! + within * (middle[c]! - rim[c]!));
      data[3 * p + c] = Math.round(light * (share * paint + (1 - share) * style.background[c]!));
    }
  }
  return { width: size, height: size, channels: 3, data };
}
