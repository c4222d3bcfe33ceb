/** BicycleGAN's style encoders (`E_ResNet`, `E_NLayers`): an image as mean and log-variance of its style code. */
import { checkInteger, checkKeys, checkOneOf, scoped, type Tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { convolution } from '../blocks/convolution.js';
import { activationNode, type LayerNode, normNode, type Part, part, type PoolNode, sequence, type SequenceNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { SpecsOf } from '../parameters/spec.js';
import { type ConvolutionParams, type DenseParams, weightedSpecs } from '../parameters/weighted.js';
import type { PatchNorm } from './patchDiscriminator.js';

/** Options of `latentEncoder`, by the published names. */
export interface LatentEncoderOptions {
  /** Channels of the images. */
  readonly inputDim: number;
  /** Length of the style code (`nz`). */
  readonly styleDim: number;
  /** Channels of the first layer (`nef`). */
  readonly dim: number;
  /** Halvings of the image: 4 for `resnet_128` and `conv_128`, 5 for `resnet_256` and `conv_256`. */
  readonly nDownsample: number;
  /** Residual blocks, or convolutions alone. */
  readonly kind: 'resnet' | 'conv';
  /** Of all layers but the first. */
  readonly norm: PatchNorm;
}

/** Parameters of a residual block of a `latentEncoder`. */
export type LatentBlockParams = {
  /** 3×3. */
  readonly first: ConvolutionParams;
  /** 3×3, before the pooling. */
  readonly second: ConvolutionParams;
  /** 1×1 beside both, behind a pooling. */
  readonly shortcut: ConvolutionParams;
};

/** Parameters of a `latentEncoder`. */
export type LatentEncoderParams = {
  /** 4×4 at stride 2. */
  readonly first: ConvBlockParams;
  /** Residual blocks, or 4×4 at stride 2, each halving the map. */
  readonly blocks: readonly (LatentBlockParams | ConvBlockParams)[];
  /** To the code's mean. */
  readonly mean: DenseParams;
  /** To the logarithm of the code's variance. */
  readonly logVariance: DenseParams;
};

/** BicycleGAN's style encoder. */
export interface LatentEncoder extends Layer<LatentEncoderParams> {
  /** `latentEncoder`. */
  readonly kind: 'latentEncoder';
  /** Its parts; what runs in order ends with the mean. */
  describe(): SequenceNode;
  /** The smallest height and width that every layer takes. */
  readonly minimumSize: number;
  /** x [N, H, W, inputDim] in [−1, 1] -> mean and logarithm of the variance of the style code, each [N, styleDim] */
  encode(params: LatentEncoderParams, x: Tensor4D): [mean: Tensor2D, logVariance: Tensor2D];
}

const halving: PoolNode = { op: 'pool', take: 'average', size: 2, stride: 2, padding: 0 };
const bare = (node: LayerNode | undefined): Part[] => (node === undefined ? [] : [{ key: '', name: '', node }]);

/**
 * 4×4 at stride 2, nDownsample − 1 halving blocks, the mean over the image, and a dense layer each for mean and log-variance; lrelu 0.2.
 * Channels: dim, 2 dim, 3 dim, 4 dim with residual blocks; dim, 2 dim, 4 dim without.
 *
 * (The published code pools by 8×8, which is the whole map at the one size that it takes: 2^(nDownsample + 3).)
 * @throws ArgumentError for an unknown option or one out of range
 */
export function latentEncoder(options: LatentEncoderOptions): LatentEncoder {
  const where = 'latentEncoder';
  checkKeys(where, options, ['inputDim', 'styleDim', 'dim', 'nDownsample', 'kind', 'norm']);
  for (const name of ['inputDim', 'styleDim', 'dim', 'nDownsample'] as const) checkInteger(where, name, options[name], 1);
  checkOneOf(where, 'kind', options.kind, ['resnet', 'conv']);
  checkOneOf(where, 'norm', options.norm, ['in', 'none']);
  const { inputDim, styleDim, dim, nDownsample, kind, norm } = options;
  const residual = kind === 'resnet';
  const width = (level: number): number => dim * (residual ? Math.min(4, level + 1) : Math.min(2 ** level, 4));
  const outChannels = width(nDownsample - 1);

  // A residual block begins with its own norm and lrelu.
  const first = convBlock({ inChannels: inputDim, outChannels: dim, kernel: 4, stride: 2, padding: 1, activation: residual ? 'none' : 'lrelu' }, { conv: '0', norm: '', activation: '' });
  const blocks = Array.from({ length: nDownsample - 1 }, (_, i) => {
    const sizes = { inChannels: width(i), outChannels: width(i + 1) };
    return residual ? residualHalving(sizes, norm, `${i + 1}`) : plainHalving(sizes, norm, i);
  });
  const trunk = sequence([
    { key: '', name: 'conv', node: sequence([part('first', '', first), ...blocks.map(({ name, node }, i) => ({ key: `blocks.${i}`, name, node })), ...bare(residual ? activationNode('lrelu') : undefined)]) },
    ...bare({ op: 'globalAveragePool' }),
    ...bare({ op: 'flatten' }),
  ]);
  const head = (key: 'mean' | 'logVariance', name: string): Part => ({ key, name, node: { op: 'dense', inFeatures: outChannels, outFeatures: styleDim, spectral: false } });
  const [mean, logVariance] = [head('mean', 'fc.0'), head('logVariance', 'fcVar.0')];
  const features: Part = { key: '', name: '', node: trunk };
  // The published residual encoder registers its heads first.
  const node: SequenceNode = { op: 'sequence', parts: [features, mean], registered: residual ? [mean, logVariance, features] : [features, mean, logVariance] };
  const [runTrunk, runMean, runLogVariance] = [trunk, sequence([mean]), sequence([logVariance])].map((chain) => runnerOf(where, chain).run) as [Run, Run, Run];
  const dense = weightedSpecs([outChannels, styleDim], false) as SpecsOf<DenseParams>;
  const specs: SpecsOf<LatentEncoderParams> = { first: first.specs, blocks: blocks.map((block) => block.specs), mean: dense, logVariance: dense };
  return {
    ...layerOf<LatentEncoder>(where, specs, node, 'gaussian'),
    minimumSize: 2 ** (nDownsample + (norm === 'in' ? 1 : 0)),
    encode: (params, x) =>
      scoped(() => {
        const summary = runTrunk(params, x);
        return [runMean(params, summary), runLogVariance(params, summary)] as [Tensor2D, Tensor2D];
      }),
  };
}

type Run = (params: LatentEncoderParams, x: Tensor) => Tensor;

interface Block {
  /** Where it is in the published list. */
  readonly name: string;
  readonly specs: SpecsOf<LatentBlockParams> | SpecsOf<ConvBlockParams>;
  readonly node: LayerNode;
}

interface Sizes {
  readonly inChannels: number;
  readonly outChannels: number;
}

/** lrelu, 4×4 at stride 2 … of the plain encoder: `conv.2`, `conv.5` with norms between. */
function plainHalving({ inChannels, outChannels }: Sizes, norm: PatchNorm, index: number): Block {
  const number = 2 + index * (norm === 'none' ? 2 : 3);
  const block = convBlock({ inChannels, outChannels, kernel: 4, stride: 2, padding: 1, norm, activation: 'lrelu' }, { conv: `${number}`, norm: '', activation: '' });
  return { name: '', specs: block.specs, node: block.describe() };
}

/**
 * y = pool(conv(f(norm(conv(f(norm(x))))))) + conv(pool(x)), f lrelu, pool the mean of 2×2. Without norms the published lrelu works in place, so
 * that the shortcut begins behind it.
 */
function residualHalving({ inChannels, outChannels }: Sizes, norm: PatchNorm, name: string): Block {
  const [first, second, shortcut] = [
    convolution({ inChannels, outChannels: inChannels, kernel: 3, padding: 1 }),
    convolution({ inChannels, outChannels, kernel: 3, padding: 1 }),
    convolution({ inChannels, outChannels, kernel: 1 }),
  ];
  const normed = norm === 'none' ? [] : bare(normNode(norm, inChannels));
  const leaky = bare(activationNode('lrelu'));
  const number = (place: number): string => `conv.${norm === 'none' ? place : place + Math.ceil(place / 2)}`;
  const body = sequence([...(norm === 'none' ? [] : [...normed, ...leaky]), part('first', number(1), first), ...normed, ...leaky, part('second', `${number(3)}.0`, second), ...bare(halving)]);
  const past = sequence([...bare(halving), part('shortcut', 'shortcut.1', shortcut)]);
  const node: LayerNode = { op: 'residual', body: { key: '', name: '', node: body }, shortcut: { key: '', name: '', node: past } };
  return {
    name,
    specs: { first: first.specs, second: second.specs, shortcut: shortcut.specs },
    node: norm === 'none' ? sequence([...leaky, { key: '', name: '', node }]) : node,
  };
}
