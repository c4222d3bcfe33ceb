/** Joining maps along their channels: skip connections, and codes beside every pixel. */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError } from '../../errors/index.js';
import { checkInteger } from '../../options.js';
import { runKernel, type Tensor, type Tensor2D, type Tensor4D } from '../../tfjs.js';
import { checkRank, checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/**
 * The last axes behind one another: [N, H, W, C₁], [N, H, W, C₂], … -> [N, H, W, C₁ + C₂ + …]; of any rank of at least 1.
 * PyTorch's `torch.cat(parts, 1)` of images.
 * @throws ArgumentError without a tensor
 * @throws ShapeError when other axes than the last differ
 */
export function concatChannels<T extends Tensor>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new ArgumentError('concatChannels: give at least one tensor.');
  parts.forEach((part, i) =>
    checkShape('concatChannels', `part ${i}`, part, [...first.shape.slice(0, -1), part.shape.at(-1) ?? 1], 'that of the first but for the number of channels'),
  );
  const counts = parts.map((part) => part.shape.at(-1) ?? 1);
  const before = first.shape.slice(0, -1);
  const start = before.map(() => 0);
  return differentiable<T>({
    name: 'concatChannels',
    inputs: parts,
    forward: () => raw.concat(parts, first.rank - 1) as T,
    pullback: ({ dy, needs }) =>
      counts.map((count, i) =>
        needs[i] === true ? prim.slice(dy, [...start, counts.slice(0, i).reduce((sum, width) => sum + width, 0)], [...before, count]) : undefined,
      ),
  });
}

/**
 * A code at every pixel: y[n, i, j, f] = x[n, f], [N, F] -> [N, height, width, F]. PyTorch's `z.view(N, F, 1, 1).expand(N, F, H, W)`.
 * @throws ShapeError unless x is a matrix
 * @throws ArgumentError unless height and width are whole numbers above 0
 */
export function expandOverPixels(x: Tensor2D, height: number, width: number): Tensor4D {
  checkRank('expandOverPixels', 'x', x, 2, '[N, F]');
  checkInteger('expandOverPixels', 'height', height, 1);
  checkInteger('expandOverPixels', 'width', width, 1);
  const [n, f] = x.shape;
  return differentiable<Tensor4D>({
    name: 'expandOverPixels',
    inputs: [x],
    forward: () => runKernel<Tensor4D>('Tile', { x: raw.reshape(x, [n, 1, 1, f]) }, { reps: [1, height, width, 1] }),
    pullback: ({ dy }) => [prim.reshape(prim.sumTo(dy, [n, 1, 1, f]), [n, f])],
  });
}
