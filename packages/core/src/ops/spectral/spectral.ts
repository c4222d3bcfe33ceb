/** Spectral normalisation of a weight (Miyato et al. 2018), with its state as argument and result. */
import { differentiable } from '../../autodiff/tape.js';
import { ShapeError } from '../../errors/index.js';
import type { Tensor, Tensor1D } from '../../tfjs.js';
import { tidyTree } from '../../tidyTree.js';
import { checkShape, formatShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** The two vectors of the power iteration: u [O] and v [K], K = the other axes of the weight in PyTorch's order. */
export interface SpectralState {
  /** [O], the left singular vector. */
  readonly u: Tensor1D;
  /** [K], the right singular vector. */
  readonly v: Tensor1D;
}

const epsilon = 1e-12;

/**
 * The weight as PyTorch's matrix [O, K]: a convolution [kh, kw, C, O] becomes rows of (C, kh, kw), a dense [I, O] is transposed.
 */
function asMatrix(op: string, weights: Tensor): Tensor {
  const order = orderOf(op, weights);
  const outputs = weights.shape.at(-1) as number;
  return raw.reshape(raw.transpose(weights, order), [outputs, weights.size / outputs]);
}

function fromMatrix(op: string, matrix: Tensor, like: Tensor): Tensor {
  const order = orderOf(op, like);
  const permuted = raw.reshape(matrix, order.map((axis) => like.shape[axis] as number));
  return raw.transpose(permuted, order.map((_, axis) => order.indexOf(axis)));
}

function orderOf(op: string, weights: Tensor): number[] {
  if (weights.rank === 4) return [3, 2, 0, 1];
  if (weights.rank === 2) return [1, 0];
  throw new ShapeError(`${op}: the weight must be [kh, kw, C, O] or [I, O], but its shape is ${formatShape(weights.shape)}.`);
}

const unit = (x: Tensor): Tensor => raw.div(x, raw.shift(raw.sqrt(raw.sum(raw.square(x), [0])), epsilon));
const product = (matrix: Tensor, x: Tensor, transpose = false): Tensor =>
  raw.reshape(raw.matMul(matrix, raw.reshape(x, [x.size, 1]), transpose), [matrix.shape[transpose ? 1 : 0] as number]);

/**
 * One power iteration: v' = Wᵀu / (‖Wᵀu‖ + 1e-12), u' = W v' / (‖W v'‖ + 1e-12), W the weight as [O, K].
 * The published block makes one before each use (`SpectralNorm` in `networks.py`). The caller owns the result.
 * @throws ShapeError when the state does not fit the weight
 */
export function powerIteration(weights: Tensor, state: SpectralState): SpectralState {
  checkState('powerIteration', weights, state);
  return tidyTree(() => {
    const matrix = asMatrix('powerIteration', weights);
    const v = unit(product(matrix, state.u, true)) as Tensor1D;
    const u = unit(product(matrix, v)) as Tensor1D;
    return { u, v };
  });
}

/**
 * W / σ with σ = uᵀ W v, shaped like W. u and v are constants to the gradient, σ is not:
 * dW = (dy − (Σ dy·W/σ) u vᵀ) / σ.
 * @param weights [kh, kw, C, O] or [I, O]
 * @throws ShapeError when the state does not fit the weight
 */
export function spectralNormalize<T extends Tensor>(weights: T, state: SpectralState): T {
  checkState('spectralNormalize', weights, state);
  return differentiable<T>({
    name: 'spectralNormalize',
    inputs: [weights],
    forward: (save) => {
      const sigma = raw.sum(raw.mul(state.u, product(asMatrix('spectralNormalize', weights), state.v)), [0]);
      save(sigma);
      return raw.div(weights, sigma) as T;
    },
    backward: ({ dy, output, saved }) => {
      const sigma = saved[0] as Tensor;
      const along = raw.sum(raw.reshape(raw.mul(dy, output), [dy.size]), [0]);
      const outer = raw.matMul(raw.reshape(state.u, [state.u.size, 1]), raw.reshape(state.v, [1, state.v.size]));
      return [raw.div(raw.sub(dy, raw.mul(fromMatrix('spectralNormalize', outer, weights), along)), sigma)];
    },
    // σ = Σ W · (u vᵀ)
    pullback: prim.pullbackThrough([weights], ([own]) => {
      const outer = raw.matMul(raw.reshape(state.u, [state.u.size, 1]), raw.reshape(state.v, [1, state.v.size]));
      const sigma = prim.total(prim.mul(own as T, fromMatrix('spectralNormalize', outer, weights)));
      return prim.scaleBy(own as T, prim.reciprocal(sigma));
    }),
  });
}

function checkState(op: string, weights: Tensor, { u, v }: SpectralState): void {
  const outputs = weights.shape.at(-1) as number;
  checkShape(op, 'u', u, [outputs], 'one per output');
  checkShape(op, 'v', v, [weights.size / outputs], 'one per input of an output');
}
