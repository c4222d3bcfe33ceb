import type { Tensor1D, Tensor4D } from '../../tfjs.js';
import type { FusedActivation } from '../activation/activation.js';

/**
 * What a border shows: the image mirrored at its edge, without the edge itself (`reflect`), its edge repeated (`replicate`), or zeros.
 */
export type PadMode = 'reflect' | 'replicate' | 'zero';

/** Options of `conv2d`; all have a default. */
export interface Conv2dOptions {
  /** Step between outputs, both axes. Default 1. */
  readonly stride?: number | undefined;
  /** Border added on all four sides, after upsampling. Default none. */
  readonly pad?: { readonly mode: PadMode; readonly size: number } | undefined;
  /** Nearest-neighbour enlargement of the input before the padding. Default 1 (none). */
  readonly upsample?: 1 | 2 | undefined;
  /** Applied to the output. Default none. */
  readonly activation?: FusedActivation | undefined;
}

/** All options, resolved. */
export interface Conv2dSettings {
  /** Step between outputs, both axes. */
  readonly stride: number;
  /** What the border shows. */
  readonly padMode: PadMode;
  /** Width of the border in pixels. */
  readonly pad: number;
  /** Nearest-neighbour enlargement before the padding. */
  readonly upsample: 1 | 2;
  /** Applied to the output. */
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
  /** y, with the activation. */
  forward(x: Tensor4D, weights: Tensor4D, bias: Tensor1D | undefined, parameters: Conv2dSettings): Tensor4D;
  /** The gradients that are needed, from dy and y. */
  backward(
    x: Tensor4D,
    weights: Tensor4D,
    dy: Tensor4D,
    y: Tensor4D,
    parameters: Conv2dSettings,
    needs: Conv2dNeeds,
  ): Conv2dGradients;
}
