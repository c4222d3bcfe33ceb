import type { Scalar, Tensor } from '../tfjs.js';
import type { Tree } from '../tree.js';
import { record } from './record.js';

/** What a differentiated function returns: the scalar to differentiate, and a tree of tensors to hand through. */
export interface ValueAndAux<Aux extends Tree<Tensor>> {
  /** The scalar whose gradient is taken. */
  readonly value: Scalar;
  /** What is handed through to the caller, the tensors alive. */
  readonly aux: Aux;
}

/**
 * Value and gradient of `f` at `params`: `f`'s scalar, its `aux` (loss terms to log, say) and ∂value/∂leaf for every leaf.
 *
 * `f` must be made of ops of this package; it runs once. Whatever it reads besides `params` is a constant: to hold a
 * network fixed, close over its parameters and do not pass them. The caller owns, and disposes of, all that is returned;
 * inside another gradient, that owns it.
 *
 * @throws GradientError when the value does not depend on `params`, or inside another gradient when an op has no second derivative
 * @throws ShapeError when the value is not a scalar
 * @example
 * const { value, grads } = valueAndGrad((p) => ({ value: meanSquaredTo(linear(x, p.weight, p.bias), 1), aux: {} }), params);
 */
export function valueAndGrad<P extends Tree<Tensor>, Aux extends Tree<Tensor>>(
  f: (params: P) => ValueAndAux<Aux>,
  params: P,
): { readonly value: Scalar; readonly aux: Aux; readonly grads: P } {
  const recording = record(params);
  const { value, aux } = recording.run(f);
  return { value, aux, grads: recording.backward(value, [value, aux]) };
}

/** Gradient of a scalar function of one tensor; the caller owns the result. */
export function grad<T extends Tensor>(f: (x: T) => Scalar, x: T): T {
  const recording = record<{ readonly x: T }>({ x });
  return recording.backward(recording.run((params) => f(params.x))).x;
}
