/** Batch normalisation by running averages, and how those run. In training the batch's own statistics normalise: `normalize` over `batch`. */
import { detached, differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkOneOf } from '../../options.js';
import { runKernel, type Tensor, type Tensor1D, type Tensor4D } from '../../tfjs.js';
import { tidyTree } from '../../tidyTree.js';
import { activateForward, activatePullback, type FusedActivation, fusedActivations } from '../activation/activation.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** Mean and variance of each channel. */
export type ChannelStatistics = {
  /** [C] */
  readonly mean: Tensor1D;
  /** [C], not negative */
  readonly variance: Tensor1D;
};

/** Options of `batchNormalize`. */
export interface BatchNormalizeOptions extends ChannelStatistics {
  /** Factor after normalising, [C]. Default 1. */
  readonly scale?: Tensor1D | undefined;
  /** Summand after the factor, [C]. Default 0. */
  readonly shift?: Tensor1D | undefined;
  /** Applied last. Default none. */
  readonly activation?: FusedActivation | undefined;
  /** Added to the variance. Default 1e-5, as in PyTorch. */
  readonly epsilon?: number | undefined;
}

/**
 * y = f((x − mean) / √(variance + ε) · scale + shift) with given statistics, which are constants: PyTorch's `BatchNorm2d` in inference.
 * @param x [N, H, W, C]
 * @returns [N, H, W, C]
 * @throws ShapeError for a statistic or an affine that is not of shape [C]
 * @throws ArgumentError for ε that is not above 0, or an unknown activation
 */
export function batchNormalize(x: Tensor4D, { mean, variance, scale, shift, activation = 'none', epsilon = 1e-5 }: BatchNormalizeOptions): Tensor4D {
  checkRank('batchNormalize', 'x', x, 4, '[N, H, W, C]');
  const [, , , c] = x.shape;
  for (const [name, tensor] of Object.entries({ mean, variance, scale, shift })) if (tensor !== undefined) checkShape('batchNormalize', name, tensor, [c], 'one per channel');
  checkOneOf('batchNormalize', 'activation', activation, fusedActivations);
  if (!(epsilon > 0)) throw new ArgumentError(`batchNormalize: 'epsilon' must be above 0, but it is ${epsilon}.`);
  const perChannel = (values: Tensor): Tensor => prim.broadcastTo(prim.reshape(values, [1, 1, 1, c]), x.shape);
  const inverse = (): Tensor => raw.rsqrt(raw.shift(variance, epsilon));
  return differentiable<Tensor4D>({
    name: 'batchNormalize',
    inputs: [x, scale, shift],
    forward: () => activateForward(runKernel('FusedBatchNorm', { x, mean, variance, offset: shift, scale }, { varianceEpsilon: epsilon }), activation) as Tensor4D,
    pullback: ({ dy, output, needs }) => {
      const dz = activatePullback(dy, output, activation);
      const sums = (values: Tensor): Tensor => prim.reshape(prim.sumTo(values, [1, 1, 1, c]), [c]);
      const factor = (): Tensor => (scale === undefined ? inverse() : prim.mul(scale, inverse()));
      return [
        needs[0] === true ? prim.mul(dz, perChannel(factor())) : undefined,
        needs[1] === true ? sums(prim.mul(dz, prim.mul(prim.sub(x, perChannel(mean)), perChannel(inverse())))) : undefined,
        needs[2] === true ? sums(dz) : undefined,
      ];
    },
  });
}

/**
 * Running averages of a batch norm after one more batch, as PyTorch keeps them: r ← (1 − momentum) r + momentum · s, where s is the mean, or the
 * unbiased variance, of each channel over N, H and W of x. No gradient flows; the results are the caller's.
 * @param x [N, H, W, C], what the norm was given
 * @param momentum the share of the new batch, from 0 to 1. Default 0.1
 * @throws ShapeError for averages that are not of shape [C], or a single value per channel, which has no unbiased variance
 * @throws ArgumentError for a momentum out of range
 */
export function updateRunningStatistics({ mean, variance }: ChannelStatistics, x: Tensor4D, momentum = 0.1): ChannelStatistics {
  checkRank('updateRunningStatistics', 'x', x, 4, '[N, H, W, C]');
  const [n, h, w, c] = x.shape;
  checkShape('updateRunningStatistics', 'mean', mean, [c], 'one per channel');
  checkShape('updateRunningStatistics', 'variance', variance, [c], 'one per channel');
  if (!(momentum >= 0 && momentum <= 1)) throw new ArgumentError(`updateRunningStatistics: 'momentum' must be from 0 to 1, but it is ${momentum}.`);
  const count = n * h * w;
  if (count < 2) {
    throw new ShapeError(`updateRunningStatistics: more than one value per channel is needed, but 'x' is of shape ${formatShape(x.shape)}.`, {
      remedy: 'Use a larger batch or image.',
    });
  }
  return detached(() =>
    tidyTree(() => {
      const batchMean = raw.mean(x, [0, 1, 2], true);
      const batchVariance = raw.scale(raw.mean(raw.square(raw.sub(x, batchMean)), [0, 1, 2], true), count / (count - 1));
      const blend = (running: Tensor1D, batch: Tensor): Tensor1D =>
        raw.add(raw.scale(running, 1 - momentum), raw.scale(raw.reshape(batch, [c]), momentum)) as Tensor1D;
      return { mean: blend(mean, batchMean), variance: blend(variance, batchVariance) };
    }),
  );
}
