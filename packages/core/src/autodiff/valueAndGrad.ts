import { ShapeError } from '../errors/index.js';
import { type Scalar, type Tensor, tidy, keep } from '../tfjs.js';
import { type Tree, treeLeaves, treeUnflatten } from '../tree/index.js';
import { Tape } from './tape.js';

/** What a differentiated function returns: the scalar to differentiate, and a tree of tensors to hand through. */
export interface ValueAndAux<Aux extends Tree<Tensor>> {
  readonly value: Scalar;
  readonly aux: Aux;
}

/**
 * Value and gradient of `f` at `params`: `f`'s scalar, its `aux` (loss terms to log, say) and ∂value/∂leaf for every leaf.
 *
 * `f` must be made of ops of this package; it runs once. Whatever it reads besides `params` is a constant: to hold a
 * network fixed, close over its parameters and do not pass them. The caller owns, and disposes of, all that is returned.
 *
 * @throws GradientError when the value does not depend on `params`, or when called inside another gradient.
 * @throws ShapeError when the value is not a scalar.
 * @example
 * const { value, grads } = valueAndGrad((p) => ({ value: meanSquare(linear(x, p.weight, p.bias)), aux: {} }), params);
 */
export function valueAndGrad<P extends Tree<Tensor>, Aux extends Tree<Tensor>>(
  f: (params: P) => ValueAndAux<Aux>,
  params: P,
): { readonly value: Scalar; readonly aux: Aux; readonly grads: P } {
  const variables = treeLeaves<Tensor>(params);
  const tape = new Tape(variables);
  let leaves: Tensor[] = [];
  let handed: ValueAndAux<Aux> | undefined;
  tidy(() => {
    try {
      handed = tape.record(() => f(params));
      if (handed.value.rank !== 0) {
        throw new ShapeError(`A gradient needs a scalar value, but the function returned one of shape [${handed.value.shape.join(', ')}].`, {
          remedy: 'Reduce it by a mean or a sum.',
        });
      }
      const kept = new Set<Tensor>([handed.value, ...treeLeaves<Tensor>(handed.aux)]);
      leaves = tape.backward(handed.value, variables, kept);
      // Only now: should the gradient fail, all of it is the tape's and the scope's to free.
      for (const tensor of kept) keep(tensor);
    } catch (error) {
      tape.dispose();
      throw error;
    }
  });
  const { value, aux } = handed as unknown as ValueAndAux<Aux>;
  // What outlived the scope was kept so that it could; from here on it is an ordinary tensor of the caller's.
  // Same shape, same kind of leaves: a gradient tree has its parameters' type.
  return { value, aux, grads: treeUnflatten(params, leaves) as P };
}

/** Gradient of a scalar function of one tensor; the caller owns the result. */
export function grad(f: (x: Tensor) => Scalar, x: Tensor): Tensor {
  const { value, grads } = valueAndGrad((params: { readonly x: Tensor }) => ({ value: f(params.x), aux: {} }), { x });
  value.dispose();
  return grads.x;
}
