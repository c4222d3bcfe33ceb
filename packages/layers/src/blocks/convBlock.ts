/** The block that all of MUNIT's convolutional networks are made of (`networks.py`, `Conv2dBlock`). */
import { ArgumentError, checkKeys, checkOneOf, type Tensor1D, type Tensor2D, type Tensor4D } from '@munit/core';
import { activationNode, normNode, type Part, type SequenceNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { type LayerActivation, layerActivations, type Norm, norms } from '../names.js';
import type { SpecsOf } from '../parameters/spec.js';
import { slopeSpec } from '../parameters/spec.js';
import type { ConvolutionParams } from '../parameters/weighted.js';
import { convolution, convolutionKeys, type ConvolutionOptions } from './convolution.js';
import { type AffineParams, affineSpecs } from './norms.js';

/** Options of `convBlock`. */
export interface ConvBlockOptions extends Omit<ConvolutionOptions, 'spectral'> {
  /** Default none. */
  readonly norm?: Norm | undefined;
  /** Default relu. */
  readonly activation?: LayerActivation | undefined;
}

/** Parameters of a `convBlock`. */
export type ConvBlockParams = {
  /** The kernel [KH, KW, inChannels, outChannels] and bias [outChannels] of the convolution. */
  readonly conv: ConvolutionParams;
  /** Of a layer or batch norm. */
  readonly norm?: AffineParams;
  /** Of a PReLU, [1]. */
  readonly slope?: Tensor1D;
};

/** What the parts of a block are called officially; an empty name is the block's own. */
export interface BlockNames {
  /** Of the convolution. */
  readonly conv: string;
  /** Of the norm. */
  readonly norm: string;
  /** Of the activation. */
  readonly activation: string;
}

/** A convolution with its norm and activation. */
export interface ConvBlock extends Layer<ConvBlockParams> {
  /** `convBlock`. */
  readonly kind: 'convBlock';
  /**
   * [N, H, W, inChannels] -> [N, OH, OW, outChannels]
   * @param style the AdaIN parameters of each sample, [N, 2 outChannels], shifts before scales; required by, and only by, the norm `adain`
   */
  apply(params: ConvBlockParams, x: Tensor4D, style?: Tensor2D): Tensor4D;
}

const published: BlockNames = { conv: 'conv', norm: 'norm', activation: 'activation' };

/**
 * y = f(norm(conv(pad(upsample(x))) + bias)).
 * @throws ArgumentError for an unknown option or one out of range
 */
export function convBlock(options: ConvBlockOptions, names: BlockNames = published): ConvBlock {
  checkKeys('convBlock', options, [...convolutionKeys, 'norm', 'activation']);
  const { norm = 'none', activation = 'relu', ...rest } = options;
  checkOneOf('convBlock', 'norm', norm, norms);
  checkOneOf('convBlock', 'activation', activation, layerActivations);
  const conv = convolution({ ...rest, spectral: norm === 'sn' });
  const specs: SpecsOf<ConvBlockParams> = {
    conv: conv.specs,
    ...(norm === 'ln' || norm === 'bn' ? { norm: affineSpecs(norm, options.outChannels) } : {}),
    ...(activation === 'prelu' ? { slope: slopeSpec } : {}),
  };
  const node = blockNode({ key: 'conv', name: names.conv, node: conv.describe() }, norm, options.outChannels, activation, names, ['norm', 'activation', 'weight']);
  const runner = runnerOf('convBlock', node);
  return {
    ...layerOf<ConvBlock>('convBlock', specs, node),
    apply: (params, x, style) => {
      if (style !== undefined && norm !== 'adain') {
        throw new ArgumentError(`convBlock: the norm '${norm}' takes no AdaIN parameters.`, { remedy: 'Pass a style to blocks with the norm `adain`, and to no others.' });
      }
      return runner.run(params, x, { style }) as Tensor4D;
    },
  };
}

/** A weight, then its norm and activation, as parts of a block; `order`: PyTorch's of registration. */
export function blockNode(
  weight: Part,
  norm: Norm,
  channels: number,
  activation: LayerActivation,
  names: Pick<BlockNames, 'norm' | 'activation'>,
  order: readonly ('weight' | 'norm' | 'activation')[],
): SequenceNode {
  const act = activationNode(activation);
  const parts = {
    weight,
    norm: norm === 'none' || norm === 'sn' ? undefined : { key: 'norm', name: names.norm, node: normNode(norm, channels) },
    activation: act === undefined ? undefined : { key: 'slope', name: names.activation, node: act },
  };
  const there = (keys: readonly (keyof typeof parts)[]): Part[] => keys.flatMap((key) => parts[key] ?? []);
  return { op: 'sequence', parts: there(['weight', 'norm', 'activation']), registered: there(order) };
}
