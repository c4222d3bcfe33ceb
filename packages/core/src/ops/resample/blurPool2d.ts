/** Down-sampling without aliases. */
import { ShapeError } from '../../errors/index.js';
import { checkOneOf } from '../../options.js';
import type { Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import { composedResample, resampleBy, type ResampleKernels } from './resample.js';
import { blurTaps } from './taps.js';

/** Sides of the blur's window. */
export const blurSizes = [2, 3, 4, 5] as const;

/** Options of `blurPool2d`. */
export interface BlurPool2dOptions {
  /** Side of the window: 3, the default, is [1, 2, 1] / 4 along each axis. */
  readonly size?: (typeof blurSizes)[number] | undefined;
}

/**
 * Every second row and column after a binomial blur, borders mirrored: [N, H, W, C] -> [N, ⌈H/2⌉, ⌈W/2⌉, C]
 * (Zhang 2019, "Making Convolutional Networks Shift-Invariant Again", `BlurPool`).
 * @throws ShapeError for an image too small to be mirrored
 * @throws ArgumentError for another size
 */
export function blurPool2d(x: Tensor4D, options: BlurPool2dOptions = {}): Tensor4D {
  return blurPool2dBy(composedResample, x, options);
}

/** The op by a given implementation; `blurPool2d` picks the best one of the backend in use. */
export function blurPool2dBy(kernels: ResampleKernels, x: Tensor4D, { size = 3 }: BlurPool2dOptions = {}): Tensor4D {
  checkRank('blurPool2d', 'x', x, 4, '[N, H, W, C]');
  checkOneOf('blurPool2d', 'size', size, blurSizes);
  const [, h, w] = x.shape;
  const least = Math.ceil((size - 1) / 2) + 1;
  if (h < least || w < least) throw new ShapeError(`blurPool2d: a blur of ${size} needs an image of at least ${least}×${least}, but it is ${h}×${w}.`, { remedy: 'Use a larger image, or fewer downsampling layers.' });
  return resampleBy(kernels, 'blurPool2d', x, blurTaps(h, size), blurTaps(w, size));
}
