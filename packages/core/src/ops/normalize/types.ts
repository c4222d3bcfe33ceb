import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '../../tfjs.js';
import type { FusedActivation } from '../activation/index.js';

/** What the statistics are taken over: each channel of each sample, each sample, or each channel of the batch. */
export type NormalizeOver = 'instance' | 'layer' | 'batch';

export interface NormalizeOptions {
  readonly over: NormalizeOver;
  /** Factor after normalising: [C], or [N, C] for one per sample (AdaIN's γ). Default 1. */
  readonly scale?: Tensor1D | Tensor2D | undefined;
  /** Summand after the factor, shaped like `scale`. Default 0. */
  readonly shift?: Tensor1D | Tensor2D | undefined;
  /** Applied after the affine map. Default none. */
  readonly activation?: FusedActivation;
  /** Added last, [N, H, W, C]: the skip connection of a residual block. */
  readonly residual?: Tensor4D | undefined;
  /** Default 1e-5, as in PyTorch's norms and the published LayerNorm. */
  readonly epsilon?: number;
}

export interface NormalizeParameters {
  readonly over: 'instance' | 'layer';
  readonly activation: FusedActivation;
  readonly epsilon: number;
}

/** The mean and the inverse deviation that the forward pass found; their shape is the implementation's own. */
export interface Statistics {
  readonly mean: Tensor;
  readonly inverse: Tensor;
}

export interface NormalizeNeeds {
  readonly x: boolean;
  readonly scale: boolean;
  readonly shift: boolean;
}

export interface NormalizeGradients {
  readonly x: Tensor4D | undefined;
  readonly scale: Tensor | undefined;
  readonly shift: Tensor | undefined;
}

/** One implementation of the op: what every backend's version has to provide. */
export interface NormalizeKernels {
  forward(
    x: Tensor4D,
    scale: Tensor | undefined,
    shift: Tensor | undefined,
    residual: Tensor4D | undefined,
    parameters: NormalizeParameters,
  ): { readonly y: Tensor4D; readonly statistics: Statistics };
  backward(
    x: Tensor4D,
    scale: Tensor | undefined,
    shift: Tensor | undefined,
    dy: Tensor4D,
    statistics: Statistics,
    parameters: NormalizeParameters,
    needs: NormalizeNeeds,
  ): NormalizeGradients;
}
