/** Elementwise non-linearities, alone or fused into the ops before them. */
import { differentiable } from '../../autodiff/tape.js';
import { checkOneOf } from '../../options.js';
import type { Tensor, Tensor1D } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** Non-linearities whose derivative follows from their output, so that an op can fuse them and keep nothing more. */
export type FusedActivation = 'none' | 'relu' | 'lrelu' | 'tanh';
/** All non-linearities without parameters, by their names in the published configurations. */
export type Activation = FusedActivation | 'selu';

export const fusedActivations = ['none', 'relu', 'lrelu', 'tanh'] as const satisfies readonly FusedActivation[];
const activations = [...fusedActivations, 'selu'] as const;

/** Negative slope of the leaky ReLU in the published networks (`networks.py`, `nn.LeakyReLU(0.2)`). */
export const leakyReluSlope = 0.2;
/** Constants of SELU (Klambauer et al. 2017, equation 2): λ and α. */
export const seluScale = 1.0507009873554805;
export const seluAlpha = 1.6732632423543772;

/** The value of an activation, by kernels. */
export function activateForward(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return raw.relu(x);
    case 'lrelu':
      return raw.leakyRelu(x, leakyReluSlope);
    case 'tanh':
      return raw.tanh(x);
    case 'selu': {
      // λ (max(x, 0) + α (e^min(x, 0) − 1)): max keeps a NaN that some GPUs' exp loses.
      const tail = raw.shift(raw.exp(raw.negate(raw.relu(raw.negate(x)))), -1);
      return raw.scale(raw.add(raw.relu(x), raw.scale(tail, seluAlpha)), seluScale);
    }
    default:
      return activation satisfies never;
  }
}

/** dy times the derivative of the activation, from its output `y`. At a kink the derivative is the left one, as PyTorch's. */
export function activateBackward(dy: Tensor, y: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'none':
      return dy;
    case 'relu':
      return raw.mul(dy, raw.step(y, 0));
    case 'lrelu':
      return raw.mul(dy, raw.step(y, leakyReluSlope));
    case 'tanh':
      return raw.mul(dy, raw.sub(raw.constant(1), raw.square(y)));
    case 'selu': {
      // λ for y > 0, λ α exp(x) = y + λ α elsewhere.
      const positive = raw.step(y, 0);
      const negative = raw.sub(raw.constant(1), positive);
      const left = raw.mul(negative, raw.shift(y, seluScale * seluAlpha));
      return raw.mul(dy, raw.add(raw.scale(positive, seluScale), left));
    }
    default:
      return activation satisfies never;
  }
}

/** `activateBackward` by differentiable ops. The slopes of the piecewise linear ones are constants. */
export function activatePullback(dy: Tensor, y: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'none':
      return dy;
    case 'relu':
      return prim.mul(dy, raw.step(y, 0));
    case 'lrelu':
      return prim.mul(dy, raw.step(y, leakyReluSlope));
    case 'tanh':
      return prim.mul(dy, prim.shift(prim.scale(prim.mul(y, y), -1), 1));
    case 'selu': {
      const positive = raw.step(y, 0);
      const negative = raw.sub(raw.constant(1), positive);
      const left = prim.mul(prim.shift(y, seluScale * seluAlpha), negative);
      return prim.mul(dy, prim.add(left, raw.scale(positive, seluScale)));
    }
    default:
      return activation satisfies never;
  }
}

/**
 * y = f(x), elementwise, any shape: `none` x; `relu` max(x, 0); `lrelu` x > 0 ? x : 0.2 x; `tanh`; `selu` λ (x > 0 ? x : α (eˣ − 1)).
 *
 * The result is a new tensor, except for `none`: that is x itself, and disposing of it disposes of x.
 * @throws ArgumentError for another name.
 */
export function activate<T extends Tensor>(x: T, activation: Activation): T {
  checkOneOf('activate', 'activation', activation, activations);
  if (activation === 'none') return x;
  return differentiable<T>({
    name: activation,
    inputs: [x],
    forward: () => activateForward(x, activation) as T,
    backward: ({ dy, output }) => [activateBackward(dy, output, activation)],
    pullback: ({ dy, output }) => [activatePullback(dy, output, activation)],
  });
}

/**
 * y = x > 0 ? x : a x with one learned slope `a` of shape [1] for all channels (PyTorch's `nn.PReLU()`); x of any shape.
 * @throws ShapeError when `slope` is not of shape [1].
 */
export function prelu<T extends Tensor>(x: T, slope: Tensor1D): T {
  checkShape('prelu', 'slope', slope, [1], 'one slope for all channels');
  return differentiable<T>({
    name: 'prelu',
    inputs: [x, slope],
    forward: () => raw.prelu(x, slope) as T,
    backward: ({ dy, needs }) => {
      const positive = raw.step(x, 0);
      const left = raw.mul(dy, raw.sub(raw.constant(1), positive));
      return [
        needs[0] === true ? raw.add(raw.mul(dy, positive), raw.mul(left, slope)) : undefined,
        needs[1] === true ? raw.reshape(raw.sum(raw.mul(left, x), x.shape.map((_, i) => i)), [1]) : undefined,
      ];
    },
    pullback: ({ dy, needs }) => {
      const positive = raw.step(x, 0);
      const left = prim.mul(dy, raw.sub(raw.constant(1), positive));
      return [
        needs[0] === true ? prim.add(prim.mul(dy, positive), prim.scaleBy(left, prim.reshape(slope, []))) : undefined,
        needs[1] === true ? prim.reshape(prim.total(prim.mul(left, x)), [1]) : undefined,
      ];
    },
  });
}
