import { differentiable } from '../../autodiff/tape.js';
import type { Tensor2D, Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** y[n, c] = mean of x[n, :, :, c]: [N, H, W, C] -> [N, C] (the style encoder's pooling). */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  checkRank('globalAveragePool', 'x', x, 4, '[N, H, W, C]');
  const [n, h, w, c] = x.shape;
  return differentiable<Tensor2D>({
    name: 'globalAveragePool',
    inputs: [x],
    forward: () => raw.mean(x, [1, 2]) as Tensor2D,
    backward: ({ dy }) => [raw.mul(raw.reshape(dy, [n, 1, 1, c]), raw.fill([1, h, w, 1], 1 / (h * w)))],
    pullback: ({ dy }) => [prim.scale(prim.broadcastTo(prim.reshape(dy, [n, 1, 1, c]), x.shape), 1 / (h * w))],
  });
}
