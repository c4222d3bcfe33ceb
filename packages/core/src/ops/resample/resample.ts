/** Linear maps of images, separate along height and width. */
import { differentiable } from '../../autodiff/tape.js';
import { checkInteger } from '../../options.js';
import { type Tensor, type Tensor4D, tensor } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import * as raw from '../shared/raw.js';
import { adjointTaps, bilinearTaps, type Taps } from './taps.js';

/** One implementation of the map along one axis: what every backend's version has to provide. */
export interface ResampleKernels {
  /** y[…, o, …] = Σ weight · x[…, index, …] over the taps of o, along `axis`. */
  along(x: Tensor4D, taps: Taps, axis: 1 | 2): Tensor4D;
}

/** The map and its adjoint, by kernels. */
export function resampleBy(kernels: ResampleKernels, name: string, x: Tensor4D, rows: Taps, columns: Taps): Tensor4D {
  return differentiable<Tensor4D>({
    name,
    inputs: [x],
    forward: () => {
      // The axis that shrinks comes first, so that the other one has less to do.
      const rowsFirst = rows.outputs.length * columns.length <= columns.outputs.length * rows.length;
      return rowsFirst
        ? kernels.along(kernels.along(x, rows, 1), columns, 2)
        : kernels.along(kernels.along(x, columns, 2), rows, 1);
    },
    pullback: ({ dy }) => [resampleBy(kernels, `${name} adjoint`, dy, adjointTaps(rows), adjointTaps(columns))],
  });
}

/** By TensorFlow.js kernels: one gather for each tap. */
export const composedResample: ResampleKernels = {
  along(x, taps, axis) {
    const count = Math.max(1, ...taps.outputs.map((own) => own.length));
    let y: Tensor | undefined;
    for (let k = 0; k < count; k++) {
      const picked = taps.outputs.map((own) => tapAt(own, k, count));
      const cells = raw.gather(x, picked.map(({ index }) => index), axis);
      const shape = [1, 1, 1, 1];
      shape[axis] = picked.length;
      const isCopy = picked.every(({ weight }) => weight === 1);
      const weighted = isCopy ? cells : raw.mul(cells, tensor(picked.map(({ weight }) => weight), shape));
      y = y === undefined ? weighted : raw.add(y, weighted);
    }
    return y as Tensor4D;
  },
};

/**
 * Tap `k` of `count`: where an output has fewer, its last is split in equal shares, so that no cell that it does not read can bring in a NaN.
 */
function tapAt(own: Taps['outputs'][number], k: number, count: number): Taps['outputs'][number][number] {
  const last = own.at(-1);
  if (last === undefined) return { index: 0, weight: 0 };
  if (k < own.length - 1) return own[k] ?? last;
  return { index: last.index, weight: last.weight / (count - own.length + 1) };
}

/** Options of `resizeBilinear2d`. */
export interface ResizeBilinear2dOptions {
  /** Rows that come out. */
  readonly height: number;
  /** Columns that come out. */
  readonly width: number;
  /** Whether the outermost pixels stay at the corners, as PyTorch's `align_corners`; otherwise pixels are areas. Default false. */
  readonly alignCorners?: boolean | undefined;
}

/**
 * Bilinear interpolation, PyTorch's `interpolate(x, (height, width), mode='bilinear')`: [N, H, W, C] -> [N, height, width, C].
 *
 * Output o of an axis of L cells lies at max(0, (o + ½) L / size − ½), or with `alignCorners` at o (L − 1) / (size − 1), and is interpolated
 * between the two cells beside it; beyond the last cell it is that cell. Nothing is smoothed where the image shrinks.
 *
 * @throws ShapeError unless x has four axes
 * @throws ArgumentError unless height and width are whole numbers above 0
 */
export function resizeBilinear2d(x: Tensor4D, options: ResizeBilinear2dOptions): Tensor4D {
  return resizeBilinear2dBy(composedResample, x, options);
}

/** The op by a given implementation; `resizeBilinear2d` picks the best one of the backend in use. */
export function resizeBilinear2dBy(kernels: ResampleKernels, x: Tensor4D, { height, width, alignCorners = false }: ResizeBilinear2dOptions): Tensor4D {
  checkRank('resizeBilinear2d', 'x', x, 4, '[N, H, W, C]');
  checkInteger('resizeBilinear2d', 'height', height, 1);
  checkInteger('resizeBilinear2d', 'width', width, 1);
  const [, h, w] = x.shape;
  return resampleBy(kernels, 'resizeBilinear2d', x, bilinearTaps(h, height, alignCorners), bilinearTaps(w, width, alignCorners));
}
