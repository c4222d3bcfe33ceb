/** Instance, layer and batch normalisation with the affine map, the activation and the residual sum in one op. */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkOneOf } from '../../options.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '../../tfjs.js';
import { fusedActivations } from '../activation/activation.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import { choose } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';
import { composedNormalize } from './composed.js';
import { fusedNormalize } from './fused.js';
import { normalizeByPrimitives } from './primitives.js';
import type { NormalizeKernels, NormalizeOptions, NormalizeOver, NormalizeParameters, Statistics } from './types.js';

export type { NormalizeKernels, NormalizeOptions, NormalizeOver } from './types.js';

/**
 * y = f((x − mean) · inv · scale + shift) + residual.
 *
 * - `instance` (InstanceNorm; AdaIN with scale and shift per sample): mean and biased variance over H, W of each
 *   channel of each sample; inv = 1 / √(var + ε).
 * - `batch` (BatchNorm in training): the same over N, H, W of each channel.
 * - `layer` (MUNIT's own LayerNorm, `networks.py`): mean and unbiased deviation over H, W, C of each sample;
 *   inv = 1 / (std + ε). On a constant map the published gradient is NaN; here the deviation's part of it is 0.
 *
 * Sums are taken in stages, so that millions of values keep their digits.
 *
 * @param x [N, H, W, C]
 * @returns [N, H, W, C]
 * @throws ShapeError for an affine or residual that does not fit, or a layer of a single value
 */
export function normalize(x: Tensor4D, options: NormalizeOptions): Tensor4D {
  return normalizeBy(choose(fusedNormalize, composedNormalize), x, options);
}

/** The op by a given implementation; `normalize` picks the best one of the backend in use. */
export function normalizeBy(kernels: NormalizeKernels, x: Tensor4D, options: NormalizeOptions): Tensor4D {
  const { over, scale, shift, activation = 'none', residual, epsilon = 1e-5 } = options;
  check(x, options, activation, epsilon);
  const parameters = { over: over === 'batch' ? ('instance' as const) : over, activation, epsilon };
  return run(over === 'batch' ? acrossBatch(kernels) : kernels, x, scale, shift, residual, parameters, over);
}

/** A batch norm is an instance norm of all samples laid end to end. */
function acrossBatch(kernels: NormalizeKernels): NormalizeKernels {
  const join = (x: Tensor4D): Tensor4D => raw.reshape<Tensor4D>(x, [1, x.shape[0] * x.shape[1], x.shape[2], x.shape[3]]);
  return {
    forward(x, scale, shift, residual, parameters) {
      const { y, statistics } = kernels.forward(join(x), scale, shift, residual === undefined ? undefined : join(residual), parameters);
      return { y: raw.reshape<Tensor4D>(y, x.shape), statistics };
    },
    backward(x, scale, shift, dy, statistics, parameters, needs) {
      const gradients = kernels.backward(join(x), scale, shift, join(dy), statistics, parameters, needs);
      return { ...gradients, x: gradients.x === undefined ? undefined : raw.reshape<Tensor4D>(gradients.x, x.shape) };
    },
  };
}

function run(
  kernels: NormalizeKernels,
  x: Tensor4D,
  scale: Tensor | undefined,
  shift: Tensor | undefined,
  residual: Tensor4D | undefined,
  parameters: NormalizeParameters,
  over: NormalizeOver,
): Tensor4D {
  return differentiable<Tensor4D>({
    name: `normalize:${over}`,
    inputs: [x, scale, shift, residual],
    forward: (save) => {
      const { y, statistics } = kernels.forward(x, scale, shift, residual, parameters);
      save(statistics.mean);
      save(statistics.inverse);
      return y;
    },
    backward: ({ dy, saved, needs }) => {
      const statistics: Statistics = { mean: saved[0] as Tensor, inverse: saved[1] as Tensor };
      const wanted = { x: needs[0] === true, scale: needs[1] === true, shift: needs[2] === true };
      const anyOwn = wanted.x || wanted.scale || wanted.shift;
      const gradients = anyOwn ? kernels.backward(x, scale, shift, dy, statistics, parameters, wanted) : undefined;
      return [gradients?.x, gradients?.scale, gradients?.shift, needs[3] === true ? dy : undefined];
    },
    pullback: prim.pullbackThrough([x, scale, shift, residual], ([x, scale, shift, residual]) =>
      normalizeByPrimitives({ x: x as Tensor4D, scale, shift, residual }, over, parameters),
    ),
  });
}

function check(x: Tensor4D, { over, scale, shift, residual }: NormalizeOptions, activation: string, epsilon: number): void {
  checkRank('normalize', 'x', x, 4, '[N, H, W, C]');
  checkOneOf<string>('normalize', 'over', over, ['instance', 'layer', 'batch']);
  checkOneOf<string>('normalize', 'activation', activation, fusedActivations);
  if (!(epsilon > 0)) throw new ArgumentError(`normalize: 'epsilon' must be above 0, but it is ${epsilon}.`);
  const [n, h, w, c] = x.shape;
  checkAffine('scale', scale, n, c, over);
  checkAffine('shift', shift, n, c, over);
  if (scale !== undefined && shift !== undefined && scale.rank !== shift.rank) {
    throw new ShapeError(`normalize: 'scale' ${formatShape(scale.shape)} and 'shift' ${formatShape(shift.shape)} must have the same shape.`);
  }
  if (residual !== undefined) checkShape('normalize', 'residual', residual, x.shape, 'that of x');
  if (over === 'layer' && h * w * c < 2) {
    throw new ShapeError('normalize: a layer norm needs at least two values per sample, for its deviation is unbiased.');
  }
}

function checkAffine(name: string, p: Tensor1D | Tensor2D | undefined, n: number, c: number, over: string): void {
  if (p === undefined) return;
  if (p.rank === 1 || over === 'batch') checkShape('normalize', name, p, [c], 'one per channel');
  else checkShape('normalize', name, p, [n, c], 'one per sample and channel');
}
