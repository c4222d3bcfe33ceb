import { GradientError, ShapeError } from '../errors/index.js';
import { keep, type Scalar, type Tensor, tidy } from '../tfjs.js';
import { type Tree, treeLeaves, treeUnflatten } from '../tree.js';
import { Tape } from './tape.js';

/** A computation that is being recorded for its gradient: see `record`. */
export interface Recording<P extends Tree<Tensor>> {
  /**
   * Runs `f` on the parameters and remembers what it does. What `f` makes and returns belongs to the recording and is freed
   * by `backward` or `dispose`; use it freely until then. May be called several times: what is computed between two calls is
   * constant to the gradient.
   * @throws GradientError after `backward` or `dispose`
   */
  run<R>(f: (params: P) => R): R;
  /**
   * ∂value/∂leaf for every leaf of the parameters, zeros for one without influence. Ends the recording and frees all that it
   * made, except the leaves of `keep`. The caller owns the gradients and what was kept; while an outer gradient is being
   * recorded, that owns them.
   * @param value a scalar that `run` made
   * @throws ShapeError when the value is not a scalar
   * @throws GradientError when it does not depend on the parameters, when an op cannot be differentiated, or after the end
   */
  backward(value: Scalar, keep?: Tree<Tensor>): P;
  /** Ends the recording without a gradient, and frees all that it made. Does nothing after the end. */
  dispose(): void;
}

/** How a gradient is recorded. */
export interface RecordOptions {
  /**
   * Keep only the results of segments (`segment`; the networks of @munit/layers are made of them) and compute what is inside them
   * again in the backward pass: less memory, one more forward pass, the same gradients to the bit. Default false.
   */
  readonly recompute?: boolean | undefined;
}

/**
 * Starts to record the gradient for `params`, in as many pieces as need be: `valueAndGrad` for a computation that something else
 * must interrupt.
 *
 * A failure inside `run` or `backward` frees what was recorded and ends the recording; whatever else may fail in between, call
 * `dispose` then. The parameters stay the caller's, and must live until the end.
 *
 * @throws GradientError when two leaves are the same tensor
 * @example
 * const recording = record(params);
 * const codes = recording.run((p) => encode(p, images));
 * const judge = updated(codes); // what happens here takes no part in the gradient
 * const loss = recording.run((p) => lossOf(p, codes, judge));
 * const gradients = recording.backward(loss);
 */
export function record<P extends Tree<Tensor>>(params: P, { recompute = false }: RecordOptions = {}): Recording<P> {
  const variables = treeLeaves<Tensor>(params);
  const tape = new Tape(variables, recompute);
  let ended = false;
  const whileOpen = <R>(f: () => R): R => {
    if (ended) throw new GradientError('This recording has ended.', { remedy: 'Call `record` again for another gradient.' });
    try {
      return f();
    } catch (error) {
      ended = true;
      tape.dispose();
      throw error;
    }
  };
  return {
    run: (f) => whileOpen(() => tape.record(() => f(params))),
    backward: (value, kept = []) =>
      whileOpen(() => {
        checkScalar(value);
        const keepAlive = new Set(treeLeaves<Tensor>(kept));
        const gradients = tidy(() => {
          const found = tape.backward(value, variables, keepAlive);
          // Only now: should the gradient fail, all of it is the tape's to free.
          for (const tensor of [...keepAlive, ...found]) keep(tensor);
          return found;
        });
        ended = true;
        // Same shape, same kind of leaves: a gradient tree has its parameters' type.
        return treeUnflatten(params, gradients) as P;
      }),
    dispose: () => {
      if (ended) return;
      ended = true;
      tape.dispose();
    },
  };
}

function checkScalar(value: Scalar): void {
  if (value.rank !== 0) {
    throw new ShapeError(`A gradient needs a scalar value, but the function returned one of shape [${(value as Tensor).shape.join(', ')}].`, {
      remedy: 'Reduce it by a mean or a sum.',
    });
  }
}
