import { type Tensor, tidy } from '../tfjs.js';
import { isRecording } from './tape.js';

/**
 * Runs `f` and frees what it made besides its result, as `tidy` does. While a gradient is recorded nothing is freed: the backward pass
 * reads the inputs of the recorded ops, and frees them itself.
 */
export function scoped<T extends Tensor | Tensor[]>(f: () => T): T {
  return isRecording() ? f() : tidy(f);
}
