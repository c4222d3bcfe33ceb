/** Normalisation with its parameters: the affine of a layer or batch norm, and AdaIN's, which come from outside. */
import { type ChannelStatistics, checkInteger, type Tensor1D, type Tensor2D, type Tensor4D } from '@munit/core';
import { type NormNode, normNode } from '../describe/nodes.js';
import { type RunInputs, runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { SpecsOf } from '../parameters/spec.js';
import { constantSpec, uniformSpec } from '../parameters/spec.js';

/** The learned affine of a norm: `scale` (γ) [C] and `shift` (β) [C]; y = scale · normalized x + shift. */
export type AffineParams = {
  readonly scale: Tensor1D;
  readonly shift: Tensor1D;
  /** Of a batch norm that keeps averages. */
  readonly running?: ChannelStatistics;
};

/** MUNIT's layer norm starts with γ uniform in [0, 1), a batch norm with 1; β with 0. */
export function affineSpecs(norm: 'ln' | 'bn', channels: number): SpecsOf<AffineParams> {
  const scale = norm === 'ln' ? uniformSpec([channels], 0, 1) : constantSpec([channels], 1);
  return { scale, shift: constantSpec([channels], 0) };
}

/** A batch norm that keeps running averages starts with a scale of 1, a shift of 0, and averages of 0 and 1, as PyTorch's. */
export const batchNormSpecs = (channels: number): SpecsOf<AffineParams> => ({
  ...affineSpecs('bn', channels),
  running: { mean: constantSpec([channels], 0), variance: constantSpec([channels], 1) },
});

/** A batch norm with running averages by itself. */
export interface BatchNorm extends Layer<AffineParams> {
  /** `batchNorm`. */
  readonly kind: 'batchNorm';
  /** x [N, H, W, C]; with `running` by the batch's own statistics, and without by the averages */
  apply(params: AffineParams, x: Tensor4D, inputs?: Pick<RunInputs, 'running'>): Tensor4D;
}

/**
 * PyTorch's `BatchNorm2d`: γ (x − mean) / √(var + 1e-5) + β, in training by the batch's mean and biased variance, in inference by running
 * averages (momentum 0.1, of the unbiased variance).
 * @throws ArgumentError for a number of channels below 1
 */
export function batchNorm(channels: number): BatchNorm {
  checkInteger('batchNorm', 'channels', channels, 1);
  const node: NormNode = { ...normNode('bn', channels), running: true };
  const runner = runnerOf('batchNorm', node);
  return {
    ...layerOf<BatchNorm>('batchNorm', batchNormSpecs(channels), node),
    apply: (params, x, inputs) => runner.run(params, x, inputs) as Tensor4D,
  };
}

/** MUNIT's layer norm by itself. */
export interface LayerNorm extends Layer<AffineParams> {
  /** `layerNorm`. */
  readonly kind: 'layerNorm';
  /** x [N, H, W, C] or [N, C] */
  apply<T extends Tensor2D | Tensor4D>(params: AffineParams, x: T): T;
}

/**
 * MUNIT's layer norm (`networks.py`, `LayerNorm`): γ (x − mean) / (std + 1e-5) + β per sample over all its values,
 * std unbiased, γ and β per channel.
 * @throws ArgumentError for a number of channels below 1
 */
export function layerNorm(channels: number): LayerNorm {
  checkInteger('layerNorm', 'channels', channels, 1);
  const node = normNode('ln', channels);
  const runner = runnerOf('layerNorm', node);
  return {
    ...layerOf<LayerNorm>('layerNorm', affineSpecs('ln', channels), node),
    apply: <T extends Tensor2D | Tensor4D>(params: AffineParams, x: T) => runner.run(params, x) as T,
  };
}

/** AdaIN by itself: it has no parameters of its own. */
export interface AdaptiveInstanceNorm extends Layer<Record<string, never>> {
  /** `adaptiveInstanceNorm`. */
  readonly kind: 'adaptiveInstanceNorm';
  /** x [N, H, W, C], style [N, 2 C]: the shifts (β, "mean") of each sample, then its scales (γ, "std"), both raw */
  apply(x: Tensor4D, style: Tensor2D): Tensor4D;
}

/**
 * AdaIN (Huang & Belongie 2017): γ (x − mean) / √(var + 1e-5) + β per sample and channel; γ and β are arguments.
 * @throws ArgumentError for a number of channels below 1
 */
export function adaptiveInstanceNorm(channels: number): AdaptiveInstanceNorm {
  checkInteger('adaptiveInstanceNorm', 'channels', channels, 1);
  const node = normNode('adain', channels);
  const runner = runnerOf('adaptiveInstanceNorm', node);
  return {
    ...layerOf<AdaptiveInstanceNorm>('adaptiveInstanceNorm', {}, node),
    apply: (x, style) => runner.run({}, x, { style }) as Tensor4D,
  };
}
