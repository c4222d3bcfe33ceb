/** Choosing an op's implementation: by the fused kernels of the backend in use, where it has them. */
import { hasKernel, type Tensor } from '../../tfjs.js';

/** An implementation that runs kernels which not every backend has. */
export interface Fused {
  readonly kernelNames: readonly string[];
}

/** Whether the backend in use has all kernels of the implementation. */
export const isAvailable = ({ kernelNames }: Fused): boolean => kernelNames.every(hasKernel);

/** The fused implementation where it can run, the composed one elsewhere. */
export const choose = <K>(fused: K & Fused, composed: K): K => (isAvailable(fused) ? fused : composed);

/** A kernel's outputs, which are those that were wanted, in order: each at its own place, `undefined` elsewhere. */
export function spread(outputs: readonly Tensor[], wanted: readonly boolean[]): (Tensor | undefined)[] {
  const left = [...outputs];
  return wanted.map((isWanted) => (isWanted ? left.shift() : undefined));
}
