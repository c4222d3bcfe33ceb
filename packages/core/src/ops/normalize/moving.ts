/** Normalisation by statistics that are averaged over the images of a sequence, as a film needs it. */
import { detached } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkOneOf } from '../../options.js';
import { runKernel, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../tfjs.js';
import { tidyTree } from '../../tidyTree.js';
import { activateForward, fusedActivations } from '../activation/activation.js';
import type { ChannelStatistics } from '../batchNorm/batchNorm.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import * as raw from '../shared/raw.js';
import type { NormalizeOptions } from './types.js';

/** Options of `normalizeMoving`. */
export interface MovingNormalizeOptions extends Omit<NormalizeOptions, 'over'> {
  /** What the statistics of one image are taken over: each of its channels, or all of it. */
  readonly over: 'instance' | 'layer';
  /** The averages up to the image before this one, [C] each; of a layer norm C times the same. Undefined for the first image. */
  readonly before: ChannelStatistics | undefined;
  /** a: the share of this image in the averages, above 0 and at most 1. */
  readonly share: number;
}

/**
 * y = f((x − M) · inv · scale + shift) + residual, with the mean M and the variance V of all values of all images so far, where an image's
 * weight is the share `a` when it comes, and (1 − a) times less with each that follows. With the image's own mean m and biased variance v
 * (over H, W of each channel for `instance`, over H, W, C for `layer`):
 *
 *   d = m − M;   M ← M + a d;   V ← V + a (v − V) + a (1 − a) d²
 *
 * and inv = 1 / √(V + ε) for `instance`, 1 / (√(V n / (n − 1)) + ε) for `layer`, n = H W C, as in `normalize`. Equal images leave M and V as
 * they are, bit for bit. No gradient flows; the results are the caller's.
 *
 * @param x one image, [1, H, W, C]
 * @returns y [1, H, W, C], and the averages with this image in them
 * @throws ShapeError for more than one image, or averages, an affine or a residual that do not fit
 * @throws ArgumentError for a share out of range
 * @see West, "Updating mean and variance estimates: an improved method" (1979), with weights that decay
 */
export function normalizeMoving(x: Tensor4D, options: MovingNormalizeOptions): { readonly y: Tensor4D; readonly statistics: ChannelStatistics } {
  const { over, before, share, activation = 'none', residual, epsilon = 1e-5 } = options;
  check(x, options);
  const [, h, w, c] = x.shape;
  return detached(() =>
    tidyTree(() => {
      const statistics = averaged(statisticsOf(x, over), before, share);
      const n = h * w * c;
      const deviation =
        over === 'instance'
          ? raw.sqrt(raw.shift(statistics.variance, epsilon))
          : raw.shift(raw.sqrt(raw.scale(statistics.variance, n / Math.max(1, n - 1))), epsilon);
      const perChannel = (values: Tensor1D | Tensor2D | undefined): Tensor | undefined => (values === undefined ? undefined : raw.reshape(values, [c]));
      const normalized = runKernel(
        'FusedBatchNorm',
        { x, mean: statistics.mean, variance: raw.square(deviation), offset: perChannel(options.shift), scale: perChannel(options.scale) },
        { varianceEpsilon: 0 },
      );
      const activated = activateForward(normalized, activation);
      return { y: (residual === undefined ? activated : raw.add(activated, residual)) as Tensor4D, statistics };
    }),
  );
}

/** Mean and biased variance, [C]. */
function statisticsOf(x: Tensor4D, over: 'instance' | 'layer'): ChannelStatistics {
  const axes = over === 'instance' ? [1, 2] : [1, 2, 3];
  const mean = raw.mean(x, axes, true);
  const variance = raw.mean(raw.square(raw.sub(x, mean)), axes, true);
  const channels = x.shape[3];
  const perChannel = (values: Tensor): Tensor1D => (over === 'instance' ? raw.reshape(values, [channels]) : raw.mul(raw.fill([channels], 1), raw.reshape(values, [1]))) as Tensor1D;
  return { mean: perChannel(mean), variance: perChannel(variance) };
}

function averaged(own: ChannelStatistics, before: ChannelStatistics | undefined, share: number): ChannelStatistics {
  // Of a share of 1 nothing of the past is left: not even a rounding error.
  if (before === undefined || share === 1) return own;
  const d = raw.sub(own.mean, before.mean);
  const spread = raw.add(raw.scale(raw.sub(own.variance, before.variance), share), raw.scale(raw.square(d), share * (1 - share)));
  return { mean: raw.add(before.mean, raw.scale(d, share)) as Tensor1D, variance: raw.add(before.variance, spread) as Tensor1D };
}

function check(x: Tensor4D, { over, before, share, scale, shift, activation = 'none', residual, epsilon = 1e-5 }: MovingNormalizeOptions): void {
  checkRank('normalizeMoving', 'x', x, 4, '[1, H, W, C]');
  const [n, , , c] = x.shape;
  if (n !== 1) throw new ShapeError(`normalizeMoving: 'x' must be one image, but it is ${formatShape(x.shape)}.`, { remedy: 'Give the images one after the other.' });
  checkOneOf<string>('normalizeMoving', 'over', over, ['instance', 'layer']);
  checkOneOf<string>('normalizeMoving', 'activation', activation, fusedActivations);
  if (!(share > 0 && share <= 1)) throw new ArgumentError(`normalizeMoving: 'share' must be above 0 and at most 1, but it is ${share}.`);
  if (!(epsilon > 0)) throw new ArgumentError(`normalizeMoving: 'epsilon' must be above 0, but it is ${epsilon}.`);
  if (before !== undefined) {
    checkShape('normalizeMoving', 'before.mean', before.mean, [c], 'one per channel');
    checkShape('normalizeMoving', 'before.variance', before.variance, [c], 'one per channel');
  }
  for (const [name, p] of Object.entries({ scale, shift })) {
    if (p !== undefined && p.size !== c) throw new ShapeError(`normalizeMoving: '${name}' must be [${c}] or [1, ${c}] (one per channel), but it is ${formatShape(p.shape)}.`);
  }
  if (residual !== undefined) checkShape('normalizeMoving', 'residual', residual, x.shape, 'that of x');
}
