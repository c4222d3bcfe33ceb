import type { PixelImage } from '@munit/images';
import { asRgb } from '../../synthetic/metrics/foreground.js';
import type { Mask } from '../../synthetic/render/silhouette.js';

/** The designer's ink: eyes, brows, noses, mouths. */
const ink = [21, 33, 42] as const;
/** Largest difference of a pixel of ink from it; the darkest part of a charcoal coat differs by 10. */
const inkTolerance = 8;

/** Rec. 601 luma. */
function lumaOf(image: PixelImage): Float64Array {
  const { data } = asRgb(image);
  return Float64Array.from({ length: data.length / 3 }, (_, p) => 0.299 * data[3 * p]! + 0.587 * data[3 * p + 1]! + 0.114 * data[3 * p + 2]!);
}

/** The ink of the true picture and what is around it, as far as 3/64 of the side. */
export function featureMask(truth: PixelImage): Mask {
  const { width, height, data } = asRgb(truth);
  const reach = Math.max(1, Math.round((3 * width) / 64));
  const mask = new Uint8Array(width * height);
  for (let p = 0; p < mask.length; p++) {
    if (ink.some((value, c) => Math.abs(data[3 * p + c]! - value) > inkTolerance)) continue;
    const [x, y] = [p % width, Math.floor(p / width)];
    for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
      mask.fill(1, v * width + Math.max(0, x - reach), v * width + Math.min(width - 1, x + reach) + 1);
    }
  }
  return { width, height, data: mask };
}

/**
 * Whether eyes, brows, nose and mouth are still there: Pearson's correlation of the luma of output and truth around them,
 *
 *     r = Σ (o − ō)(t − t̄) / √(Σ (o − ō)² · Σ (t − t̄)²),   over the pixels of `featureMask`
 *
 * 1 for the truth in any coat of like brightness; about 0 where the features are gone or elsewhere; never below 0 here. Both the coat's
 * colour and the contrast cancel, a blurred, displaced or half-drawn eye does not.
 */
export function detailKept(output: PixelImage, truth: PixelImage, mask: Mask = featureMask(truth)): number {
  const [o, t] = [lumaOf(output), lumaOf(truth)];
  let [n, so, st, soo, stt, sot] = [0, 0, 0, 0, 0, 0];
  for (let p = 0; p < mask.data.length; p++) {
    if (mask.data[p] === 0) continue;
    const [a, b] = [o[p]!, t[p]!];
    n++;
    so += a;
    st += b;
    soo += a * a;
    stt += b * b;
    sot += a * b;
  }
  const spread = (soo - (so * so) / n) * (stt - (st * st) / n);
  // Rounding leaves a spread of next to nothing where all pixels are alike.
  return spread > 1e-6 ? Math.max(0, (sot - (so * st) / n) / Math.sqrt(spread)) : 0;
}
