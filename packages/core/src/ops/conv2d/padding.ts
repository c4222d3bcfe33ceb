/**
 * Padding of the two image axes by kernels, and its adjoint.
 * TensorFlow.js's own gradient of `mirrorPad` drops what the reflected border contributes; here it is folded back.
 */
import { runKernel, type Tensor, type Tensor4D } from '../../tfjs.js';
import * as raw from '../shared/raw.js';
import type { PadMode } from './types.js';

/** [N, H, W, C] -> [N, H + 2 size, W + 2 size, C]. */
export function pad2d(x: Tensor4D, mode: PadMode, size: number): Tensor4D {
  if (size === 0) return x;
  const paddings = [
    [0, 0],
    [size, size],
    [size, size],
    [0, 0],
  ] as const;
  switch (mode) {
    case 'zero':
      return raw.pad(x, paddings) as Tensor4D;
    case 'reflect':
      return runKernel<Tensor4D>('MirrorPad', { x }, { paddings: paddings.map((p) => [...p]), mode: 'reflect' });
    case 'replicate': {
      const rows = raw.gather(x, clampedIndices(x.shape[1], size), 1);
      return raw.gather(rows, clampedIndices(x.shape[2], size), 2) as Tensor4D;
    }
    default:
      return mode satisfies never;
  }
}

/** The adjoint of `pad2d`: every padded cell's cotangent goes back to the cell that it copied. */
export function pad2dBackward(dy: Tensor4D, mode: PadMode, size: number): Tensor4D {
  if (size === 0) return dy;
  return foldAxis(foldAxis(dy, mode, size, 1), mode, size, 2) as Tensor4D;
}

function clampedIndices(length: number, size: number): number[] {
  return Array.from({ length: length + 2 * size }, (_, i) => Math.min(length - 1, Math.max(0, i - size)));
}

function foldAxis(dy: Tensor, mode: PadMode, size: number, axis: 1 | 2): Tensor {
  const length = (dy.shape[axis] ?? 0) - 2 * size;
  const part = (from: number, count: number): Tensor => {
    const begin = dy.shape.map(() => 0);
    const extent = [...dy.shape];
    begin[axis] = from;
    extent[axis] = count;
    return raw.slice(dy, begin, extent);
  };
  const placed = (x: Tensor, at: number): Tensor => {
    const paddings = dy.shape.map((): [number, number] => [0, 0]);
    paddings[axis] = [at, length - at - (x.shape[axis] ?? 0)];
    return raw.pad(x, paddings);
  };
  const centre = part(size, length);
  switch (mode) {
    case 'zero':
      return centre;
    case 'reflect': {
      // Row -k shows row k; row length-1+k shows row length-1-k.
      const before = placed(raw.reverse(part(0, size), axis), 1);
      const after = placed(raw.reverse(part(size + length, size), axis), length - 1 - size);
      return raw.add(centre, raw.add(before, after));
    }
    case 'replicate': {
      const before = placed(raw.sum(part(0, size), [axis], true), 0);
      const after = placed(raw.sum(part(size + length, size), [axis], true), length - 1);
      return raw.add(centre, raw.add(before, after));
    }
    default:
      return mode satisfies never;
  }
}
