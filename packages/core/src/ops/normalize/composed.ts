/** normalize from TensorFlow.js kernels alone: runs on every backend. */
import type { Tensor, Tensor4D } from '../../tfjs.js';
import { activateBackward, activateForward } from '../activation/activation.js';
import * as raw from '../shared/raw.js';
import type { NormalizeKernels, NormalizeParameters, Statistics } from './types.js';

/** The axes that the statistics run over, NHWC. */
const axesOf = ({ over }: NormalizeParameters): readonly number[] => (over === 'instance' ? [1, 2] : [1, 2, 3]);
const countOf = (x: Tensor4D, { over }: NormalizeParameters): number =>
  over === 'instance' ? x.shape[1] * x.shape[2] : x.shape[1] * x.shape[2] * x.shape[3];

/** [C] or [N, C] -> broadcastable to [N, H, W, C]. */
const perChannel = (p: Tensor): Tensor => (p.rank === 1 ? p : raw.reshape(p, [p.shape[0] ?? 1, 1, 1, p.shape[1] ?? 1]));

/** [N, H, W, C] summed to the shape of `like`, [C] or [N, C]. */
function sumPerChannel(x: Tensor, like: Tensor): Tensor {
  const perSample = raw.sum(raw.sum(x, [1]), [1]); // [N, C]
  return like.rank === 1 ? raw.sum(perSample, [0]) : perSample;
}

function affine(normalized: Tensor, scale: Tensor | undefined, shift: Tensor | undefined): Tensor {
  const scaled = scale === undefined ? normalized : raw.mul(normalized, perChannel(scale));
  return shift === undefined ? scaled : raw.add(scaled, perChannel(shift));
}

/** The implementation by TensorFlow.js kernels. */
export const composedNormalize: NormalizeKernels = {
  forward(x, scale, shift, residual, parameters) {
    const axes = axesOf(parameters);
    const mean = raw.mean(x, axes, true);
    const centred = raw.sub(x, mean);
    const inverse = inverseDeviation(centred, x, parameters);
    const activated = activateForward(affine(raw.mul(centred, inverse), scale, shift), parameters.activation);
    return { y: (residual === undefined ? activated : raw.add(activated, residual)) as Tensor4D, statistics: { mean, inverse } };
  },

  backward(x, scale, shift, dy, statistics, parameters, needs) {
    const centred = raw.sub(x, statistics.mean);
    const normalized = raw.mul(centred, statistics.inverse);
    const dz =
      parameters.activation === 'none'
        ? dy
        : activateBackward(dy, activateForward(affine(normalized, scale, shift), parameters.activation), parameters.activation);
    const dNormalized = scale === undefined ? dz : raw.mul(dz, perChannel(scale));
    return {
      x: needs.x ? (inputGradient(x, centred, normalized, dNormalized, statistics, parameters) as Tensor4D) : undefined,
      scale: needs.scale && scale !== undefined ? sumPerChannel(raw.mul(dz, normalized), scale) : undefined,
      shift: needs.shift && shift !== undefined ? sumPerChannel(dz, shift) : undefined,
    };
  },
};

function inverseDeviation(centred: Tensor, x: Tensor4D, parameters: NormalizeParameters): Tensor {
  const variance = raw.mean(raw.square(centred), axesOf(parameters), true);
  if (parameters.over === 'instance') return raw.rsqrt(raw.shift(variance, parameters.epsilon));
  const n = countOf(x, parameters);
  const deviation = raw.sqrt(raw.scale(variance, n / (n - 1)));
  return raw.div(raw.constant(1), raw.shift(deviation, parameters.epsilon));
}

/**
 * instance: dx = inv (g − mean(g) − x̂ mean(g x̂)).
 * layer:    dx = inv (g − mean(g)) − inv² Σ(g u) · u / ((n − 1) std), u = x − mean; the last term is 0 on a constant map.
 */
function inputGradient(
  x: Tensor4D,
  centred: Tensor,
  normalized: Tensor,
  g: Tensor,
  { inverse }: Statistics,
  parameters: NormalizeParameters,
): Tensor {
  const axes = axesOf(parameters);
  const level = raw.sub(g, raw.mean(g, axes, true));
  if (parameters.over === 'instance') {
    return raw.mul(inverse, raw.sub(level, raw.mul(normalized, raw.mean(raw.mul(g, normalized), axes, true))));
  }
  const n = countOf(x, parameters);
  const deviation = raw.sqrt(raw.scale(raw.mean(raw.square(centred), axes, true), n / (n - 1)));
  // Where the deviation is 0 so is u: any finite divisor gives the wanted 0.
  const divisor = raw.add(deviation, raw.sub(raw.constant(1), raw.step(deviation, 0)));
  const along = raw.scale(raw.mean(raw.mul(g, normalized), axes, true), n / (n - 1));
  return raw.sub(raw.mul(inverse, level), raw.mul(raw.mul(inverse, along), raw.div(centred, divisor)));
}
