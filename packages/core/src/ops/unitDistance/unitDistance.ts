/** Distance of two maps whose vectors are brought to unit length: the layer of LPIPS. */
import { ShapeError } from '../../errors/index.js';
import { runKernel, type Tensor, type Tensor1D, type Tensor4D, tidy } from '../../tfjs.js';
import { checkRank, checkShape } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as raw from '../shared/raw.js';

interface UnitDistanceKernels {
  forward(x: Tensor4D, y: Tensor4D, weights: Tensor1D): Tensor1D;
}

const epsilon = 1e-10;

const fused: UnitDistanceKernels & Fused = {
  kernelNames: ['UnitDistance'],
  forward: (x, y, weights) => runKernel<Tensor1D>('UnitDistance', { x, y, weights }),
};

const unit = (x: Tensor): Tensor => raw.div(x, raw.shift(raw.sqrt(raw.sum(raw.square(x), [3], true)), epsilon));

const composed: UnitDistanceKernels = {
  forward: (x, y, weights) => {
    const [images, height, width, channels] = x.shape;
    const squares = raw.square(raw.sub(unit(x), unit(y)));
    const places = raw.matMul(raw.reshape(squares, [images * height * width, channels]), raw.reshape(weights, [channels, 1]));
    return raw.mean(raw.reshape(places, [images, height, width]), [1, 2]) as Tensor1D;
  },
};

/**
 * mean over places of Σ_c w_c (x̂_c − ŷ_c)² with x̂ = x / (‖x‖ + 1e-10) along the channels, for each image (Zhang et al. 2018, equation 1).
 * Equal maps have distance 0. A measure, without a gradient.
 * @param x [N, H, W, C]
 * @param y of the same shape
 * @param weights [C], w
 * @returns [N]
 * @throws ShapeError when the shapes do not fit
 */
export function unitDistance(x: Tensor4D, y: Tensor4D, weights: Tensor1D): Tensor1D {
  checkRank('unitDistance', 'x', x, 4, '[N, H, W, C]');
  checkShape('unitDistance', 'y', y, x.shape, 'that of x');
  checkShape('unitDistance', 'weights', weights, [x.shape[3]], 'one per channel');
  if (x.size === 0) throw new ShapeError(`unitDistance: 'x' is empty: its shape is [${x.shape.join(', ')}].`);
  return tidy(() => choose(fused, composed).forward(x, y, weights));
}
