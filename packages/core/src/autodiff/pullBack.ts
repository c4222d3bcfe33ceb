import type { Tensor } from '../tfjs.js';
import { copy, Tape } from './tape.js';

/**
 * The gradients of Σ f(inputs) · dy for the inputs that need one: a backward function for an op that can be written in other
 * differentiable ops.
 */
export function pullBack<T extends Tensor>(
  inputs: readonly (Tensor | undefined)[],
  f: (inputs: readonly (Tensor | undefined)[]) => T,
  dy: Tensor,
  needs: readonly boolean[],
): readonly (Tensor | undefined)[] {
  // Copies: an op may have the same tensor as two of its inputs.
  const own = inputs.map((input, i) => (input !== undefined && needs[i] === true ? copy(input) : input));
  const variables = own.filter((input, i): input is Tensor => input !== undefined && needs[i] === true);
  const tape = new Tape(variables);
  try {
    const y = tape.record(() => f(own));
    const gradients = tape.backward(y, variables, new Set(), dy);
    return own.map((_, i) => (needs[i] === true ? gradients.shift() : undefined));
  } catch (error) {
    tape.dispose();
    throw error;
  }
}
