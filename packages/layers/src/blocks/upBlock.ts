/** The blocks that double a map in CycleGAN's and BicycleGAN's generators: by transposed or bilinear up-sampling. */
import { checkOneOf, type Tensor4D } from '@munit/core';
import { type LayerNode, part, sequence, type SequenceNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation, Norm } from '../names.js';
import type { SpecsOf } from '../parameters/spec.js';
import { blockNode, convBlock, type ConvBlockParams } from './convBlock.js';
import { transposedConvolution } from './transposedConvolution.js';

/** How a block doubles the height and width of its map, by the published option `upsample`. */
export type Upsampling = 'basic' | 'bilinear';

/** Options of `upBlock`. */
export interface UpBlockOptions {
  /** Channels that come in. */
  readonly inChannels: number;
  /** Channels that go out. */
  readonly outChannels: number;
  /** `basic`: a transposed convolution at stride 2; `bilinear`: bilinear enlargement, then a reflect-padded 3×3. */
  readonly upsampling: Upsampling;
  /** Side of the transposed convolution's kernel: 3 in CycleGAN's residual generator, 4 in a U-Net. */
  readonly kernel: 3 | 4;
  /** Behind the convolution. */
  readonly norm: Extract<Norm, 'none' | 'in'>;
  /** Behind the norm. */
  readonly activation: LayerActivation;
}

/** A doubling of a map's height and width. */
export interface UpBlock extends Layer<ConvBlockParams> {
  /** `upBlock`. */
  readonly kind: 'upBlock';
  /** [N, H, W, inChannels] -> [N, 2 H, 2 W, outChannels] */
  apply(params: ConvBlockParams, x: Tensor4D): Tensor4D;
}

/**
 * y = f(norm(up(x))): a 3×3 transposed convolution with padding 1 and output padding 1, or a 4×4 one with padding 1, or bilinear
 * enlargement and a 3×3 convolution padded by reflection. `name`: the convolution's official name within the block.
 * @throws ArgumentError for an option out of range
 */
export function upBlock({ inChannels, outChannels, upsampling, kernel, norm, activation }: UpBlockOptions, name: string): UpBlock {
  checkOneOf('upBlock', 'upsampling', upsampling, ['basic', 'bilinear']);
  const { specs, node } =
    upsampling === 'basic'
      ? transposedBlock({ inChannels, outChannels, kernel, norm, activation }, name)
      : bilinearBlock({ inChannels, outChannels, norm, activation }, name);
  const runner = runnerOf('upBlock', node);
  return { ...layerOf<UpBlock>('upBlock', specs, node), apply: (params, x) => runner.run(params, x) as Tensor4D };
}

interface Described {
  readonly specs: SpecsOf<ConvBlockParams>;
  readonly node: SequenceNode;
}

/** Norms without parameters and activations have no official names that matter. */
const unnamed = { norm: '', activation: '' } as const;

function transposedBlock({ inChannels, outChannels, kernel, norm, activation }: Omit<UpBlockOptions, 'upsampling'>, name: string): Described {
  const conv = transposedConvolution({ inChannels, outChannels, kernel, stride: 2, padding: 1, outputPadding: kernel === 3 ? 1 : 0 });
  return { specs: { conv: conv.specs }, node: blockNode(part('conv', name, conv), norm, outChannels, activation, unnamed, ['weight', 'norm', 'activation']) };
}

function bilinearBlock({ inChannels, outChannels, norm, activation }: Omit<UpBlockOptions, 'upsampling' | 'kernel'>, name: string): Described {
  const conv = convBlock({ inChannels, outChannels, kernel: 3, padding: 1, padMode: 'reflect', norm, activation }, { conv: name, ...unnamed });
  const enlarge: LayerNode = { op: 'upsample', mode: 'bilinear', factor: 2, alignCorners: false };
  return { specs: conv.specs, node: sequence([{ key: '', name: '', node: enlarge }, { key: '', name: '', node: conv.describe() }]) };
}
