import type { Tensor1D, Tensor4D } from '../../tfjs.js';
import type { FusedActivation } from '../activation/index.js';

export type PadMode = 'reflect' | 'replicate' | 'zero';

export interface Conv2dOptions {
  /** Step between outputs, both axes. Default 1. */
  readonly stride?: number;
  /** Border added on all four sides, after upsampling. Default none. */
  readonly pad?: { readonly mode: PadMode; readonly size: number };
  /** Nearest-neighbour enlargement of the input before the padding. Default 1 (none). */
  readonly upsample?: 1 | 2;
  /** Applied to the output. Default none. */
  readonly activation?: FusedActivation;
}

/** All options, resolved. */
export interface Conv2dParameters {
  readonly stride: number;
  readonly padMode: PadMode;
  readonly pad: number;
  readonly upsample: 1 | 2;
  readonly activation: FusedActivation;
}

export interface Conv2dNeeds {
  readonly x: boolean;
  readonly weights: boolean;
  readonly bias: boolean;
}

export interface Conv2dGradients {
  readonly x: Tensor4D | undefined;
  readonly weights: Tensor4D | undefined;
  readonly bias: Tensor1D | undefined;
}

/** One implementation of the op: what every backend's version has to provide. */
export interface Conv2dKernels {
  forward(x: Tensor4D, weights: Tensor4D, bias: Tensor1D | undefined, parameters: Conv2dParameters): Tensor4D;
  backward(
    x: Tensor4D,
    weights: Tensor4D,
    dy: Tensor4D,
    y: Tensor4D,
    parameters: Conv2dParameters,
    needs: Conv2dNeeds,
  ): Conv2dGradients;
}
