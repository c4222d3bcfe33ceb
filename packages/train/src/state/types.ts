import type { Params, PerDomain, RngState } from '@munit/core';
import type { AdamState } from '../optimizer/index.js';

/**
 * Everything that training changes: with this and the data's position, training goes on as if it had never stopped.
 * A step takes one and gives the next; the tensors of the old one are consumed.
 */
export interface TrainState {
  /** Updates made. */
  readonly step: number;
  /** Where the styles and noises come from. */
  readonly rng: RngState;
  readonly gen: PerDomain<Params>;
  /** With the vectors of spectral normalisation, where there are any. */
  readonly dis: PerDomain<Params>;
  readonly genOptimizer: AdamState<PerDomain<Params>>;
  /** Of the trained part of `dis`: without spectral normalisation's vectors. */
  readonly disOptimizer: AdamState<PerDomain<Params>>;
  /** Moving average of `gen`, which makes the better pictures; absent when averaging is off. */
  readonly ema: PerDomain<Params> | undefined;
}
