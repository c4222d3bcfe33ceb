/** A border as an op of its own, for where a convolution cannot take it in. */
import { ShapeError } from '../../errors/index.js';
import { checkInteger, checkOneOf } from '../../options.js';
import type { Tensor4D } from '../../tfjs.js';
import type { PadMode } from '../conv2d/types.js';
import { checkRank } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import { composedResample, resampleBy, type ResampleKernels } from './resample.js';
import { borderTaps } from './taps.js';

/** Options of `pad2d`. */
export interface Pad2dOptions {
  /** What the border shows. */
  readonly mode: PadMode;
  /** Rows above and below. */
  readonly rows: number;
  /** Columns at the left and at the right. */
  readonly columns: number;
}

/**
 * A border around images: [N, H, W, C] -> [N, H + 2 rows, W + 2 columns, C]. PyTorch's `ReflectionPad2d`, `ReplicationPad2d` and `ZeroPad2d`.
 * @throws ShapeError for a reflected border that is not smaller than the image
 * @throws ArgumentError for an option out of range
 */
export function pad2d(x: Tensor4D, options: Pad2dOptions): Tensor4D {
  return pad2dBy(composedResample, x, options);
}

/** The op by a given implementation; `pad2d` picks the best one of the backend in use. */
export function pad2dBy(kernels: ResampleKernels, x: Tensor4D, { mode, rows, columns }: Pad2dOptions): Tensor4D {
  checkRank('pad2d', 'x', x, 4, '[N, H, W, C]');
  checkOneOf('pad2d', 'mode', mode, ['reflect', 'replicate', 'zero']);
  checkInteger('pad2d', 'rows', rows, 0);
  checkInteger('pad2d', 'columns', columns, 0);
  const [, h, w] = x.shape;
  if (mode === 'reflect' && (rows >= h || columns >= w)) {
    throw new ShapeError(`pad2d: a reflected border of ${rows} rows and ${columns} columns needs a larger image than ${h}×${w}.`, { remedy: 'Use a larger image.' });
  }
  if (mode === 'zero') return prim.pad(x, [[0, 0], [rows, rows], [columns, columns], [0, 0]]);
  return resampleBy(kernels, 'pad2d', x, borderTaps(h, rows, mode), borderTaps(w, columns, mode));
}
