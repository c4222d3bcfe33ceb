import type { Tensor, Tensor4D } from '../../tfjs.js';
import { activate } from '../activation/activation.js';
import * as prim from '../shared/primitives.js';
import type { NormalizeOver, NormalizeParameters } from './types.js';

interface Inputs {
  readonly x: Tensor4D;
  readonly scale: Tensor | undefined;
  readonly shift: Tensor | undefined;
  readonly residual: Tensor | undefined;
}

/** normalize from differentiable ops: slow, and differentiable as often as one likes. Only gradients of gradients run it. */
export function normalizeByPrimitives({ x, scale, shift, residual }: Inputs, over: NormalizeOver, { activation, epsilon }: NormalizeParameters): Tensor4D {
  const [n, , , c] = x.shape;
  const statistics = { instance: [n, 1, 1, c], layer: [n, 1, 1, 1], batch: [1, 1, 1, c] }[over];
  const count = x.size / statistics.reduce((product, size) => product * size, 1);
  const meanOf = (t: Tensor): Tensor => prim.scale(prim.sumTo(t, statistics), 1 / count);
  const everywhere = (p: Tensor): Tensor => prim.broadcastTo(p, x.shape);
  const perChannel = (p: Tensor): Tensor => everywhere(prim.reshape(p, [p.rank === 2 ? n : 1, 1, 1, c]));

  const centred = prim.sub(x, everywhere(meanOf(x)));
  const variance = meanOf(prim.mul(centred, centred));
  const deviation =
    over === 'layer' ? prim.shift(prim.sqrt(prim.scale(variance, count / (count - 1))), epsilon) : prim.sqrt(prim.shift(variance, epsilon));
  const normalized = prim.mul(centred, everywhere(prim.reciprocal(deviation)));
  const scaled = scale === undefined ? normalized : prim.mul(normalized, perChannel(scale));
  const affine = shift === undefined ? scaled : prim.add(scaled, perChannel(shift));
  const y = activate(affine, activation);
  return (residual === undefined ? y : prim.add(y, residual)) as Tensor4D;
}
