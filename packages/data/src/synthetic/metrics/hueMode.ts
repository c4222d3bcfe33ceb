import type { PixelImage } from '@munit/images';
import { hueOf } from '../render/colour.js';
import type { Mask } from '../render/silhouette.js';
import { hueModes } from '../types.js';
import type { HueMode } from '../types.js';
import { asRgb, foregroundOf } from './foreground.js';

/** Mean chroma ((max - min) / 255) over the mask below which a shape counts as colourless. */
const leastChroma = 0.2;
/** Share of the chroma that the winning mode must hold. */
const leastShare = 0.5;

/**
 * The hue mode of the shape, or undefined when it has none.
 *
 * Every pixel of the mask votes for the mode nearest to its HSV hue (45° apart), with its chroma as weight.
 * The winner is *the* mode only if the shape is clearly coloured (mean chroma ≥ 0.2) and mostly of this mode
 * (≥ half of all chroma): grey, white, outline-only and piebald outputs have no mode and are never right.
 * @param mask where to look; default: the picture's own silhouette (`foregroundOf`).
 */
export function hueModeOf(image: PixelImage, mask: Mask = foregroundOf(image)): HueMode | undefined {
  const { data } = asRgb(image);
  const votes = new Float64Array(hueModes.length);
  let pixels = 0;
  let total = 0;
  for (let p = 0; p < mask.data.length; p++) {
    if (mask.data[p] === 0) continue;
    pixels++;
    const red = data[3 * p]!;
    const green = data[3 * p + 1]!;
    const blue = data[3 * p + 2]!;
    const hue = hueOf(red, green, blue);
    if (hue === undefined) continue;
    const chroma = (Math.max(red, green, blue) - Math.min(red, green, blue)) / 255;
    const mode = Math.round(hue / 45) % hueModes.length;
    votes[mode] = votes[mode]! + chroma;
    total += chroma;
  }
  if (pixels === 0 || total / pixels < leastChroma) return undefined;
  let winner = 0;
  for (let mode = 1; mode < votes.length; mode++) if (votes[mode]! > votes[winner]!) winner = mode;
  return votes[winner]! >= leastShare * total ? winner : undefined;
}
