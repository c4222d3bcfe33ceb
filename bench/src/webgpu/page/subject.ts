import type { Arrays } from '../../materials/tensors.js';

/** What an item is computed from. */
export interface Files {
  readonly weights: Arrays;
  readonly inputs: Arrays;
  readonly graph: Uint8Array;
}

/** Who computes it. */
export interface Subject {
  /** What it gave: an image, [1, 3, H, W], or the first of an op's outputs. */
  run(): Promise<Float32Array>;
  /** The same once more, to be timed, without reading what came out. */
  again?(): Promise<void>;
  /** The JavaScript of one more, after which the GPU has its commands, or all but the last few. */
  command?(): void;
}
