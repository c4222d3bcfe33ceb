import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '../../tfjs.js';
import type { FusedActivation } from '../activation/activation.js';

/** What the statistics are taken over: each channel of each sample, each sample, or each channel of the batch. */
export type NormalizeOver = 'instance' | 'layer' | 'batch';

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** What the statistics are taken over. */
  readonly over: NormalizeOver;
  /** Factor after normalising: [C], or [N, C] for one per sample (AdaIN's γ). Default 1. */
  readonly scale?: Tensor1D | Tensor2D | undefined;
  /** Summand after the factor, shaped like `scale`. Default 0. */
  readonly shift?: Tensor1D | Tensor2D | undefined;
  /** Applied after the affine map. Default none. */
  readonly activation?: FusedActivation | undefined;
  /** Added last, [N, H, W, C]: the skip connection of a residual block. */
  readonly residual?: Tensor4D | undefined;
  /** Default 1e-5, as in PyTorch's norms and the published LayerNorm. */
  readonly epsilon?: number | undefined;
}

/** All options but the tensors, resolved. */
export interface NormalizeParameters {
  /** A batch norm is an instance norm of one long sample. */
  readonly over: 'instance' | 'layer';
  /** Applied after the affine map. */
  readonly activation: FusedActivation;
  /** Added to the variance (instance) or the deviation (layer). */
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
  /** y and the statistics for the backward pass. */
  forward(
    x: Tensor4D,
    scale: Tensor | undefined,
    shift: Tensor | undefined,
    residual: Tensor4D | undefined,
    parameters: NormalizeParameters,
  ): { readonly y: Tensor4D; readonly statistics: Statistics };
  /** The gradients that are needed, from dy and the statistics. */
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
