import type { Arrays } from '../../items/tensors.js';

/** What an item is computed from. */
export interface Files {
  readonly weights: Arrays;
  readonly inputs: Arrays;
  readonly graph: Uint8Array;
}

/** Who computes it. */
export interface Subject {
  /** The image, [1, 3, H, W]. */
  run(): Promise<Float32Array>;
}
