/** What an op tells the tape: how to compute it, and how a gradient flows back through it. */
import type { Tensor } from '../tfjs.js';

/** What a backward function is given. */
export interface BackwardContext<T extends Tensor> {
  /** The cotangent: the gradient of the final scalar for the op's output. */
  readonly dy: T;
  /** What `forward` returned. */
  readonly output: T;
  /** What `forward` saved, in its order. */
  readonly saved: readonly Tensor[];
  /** False where no gradient is wanted: put `undefined` there and spare the work. */
  readonly needs: readonly boolean[];
}

/** Gradients of an op's inputs, in their order. May return `dy` itself. Runs inside a `tidy`. */
export type Backward<T extends Tensor> = (context: BackwardContext<T>) => readonly (Tensor | undefined)[];

/** What every op tells the tape. */
interface OpForward<T extends Tensor> {
  readonly name: string;
  /** The tensors that a gradient may flow to; `undefined` for an optional input that is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  /**
   * Computes the output. `save` keeps a tensor for the backward function (the inputs and the output are there anyway);
   * it does nothing when no gradient will be asked.
   */
  readonly forward: (save: (tensor: Tensor) => void) => T;
}

/** An op and its gradient, by kernels (`backward`), by differentiable ops (`pullback`), or by both. */
export type OpRecord<T extends Tensor> = OpForward<T> &
  (
    | {
        /** By kernels: as fast as can be, without a gradient of its own. */
        readonly backward: Backward<T>;
        /**
         * The same gradients by differentiable ops of `inputs`, `output` and `dy`, for gradients of gradients; `saved` is constant
         * to them. Used only while an outer gradient is recorded. Without it the op has a first derivative only.
         */
        readonly pullback?: Backward<T> | undefined;
      }
    | { readonly backward?: undefined; readonly pullback: Backward<T> }
  );
