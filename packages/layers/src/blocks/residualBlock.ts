/** Two 3×3 blocks around a skip connection (`networks.py`, `ResBlock`). */
import { checkKeys, type PadMode, type Tensor2D, type Tensor4D } from '@munit/core';
import { type LayerNode, type Part, part, sequence, styleColumns } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation, Norm } from '../names.js';
import { convBlock, type ConvBlockParams } from './convBlock.js';

/** Options of `residualBlock`. */
export interface ResidualBlockOptions {
  /** In and out. */
  readonly channels: number;
  /** Default in. */
  readonly norm?: Norm | undefined;
  /** Default relu. */
  readonly activation?: LayerActivation | undefined;
  /** Default zero. */
  readonly padMode?: PadMode | undefined;
  /** Norm and activation before each convolution, rather than behind it (He et al. 2016, "Identity Mappings"). Default false. */
  readonly preActivation?: boolean | undefined;
}

/** Parameters of a `residualBlock`: those of its `first` convolution, which has the activation, and of its `second`, which has none. */
export type ResidualBlockParams = { readonly first: ConvBlockParams; readonly second: ConvBlockParams };

/** Two convolutions beside a skip connection. */
export interface ResidualBlock extends Layer<ResidualBlockParams> {
  /** `residualBlock`. */
  readonly kind: 'residualBlock';
  /** Columns of the style vector that the block reads: 4 channels with the norm adain, else 0. */
  readonly adaInCount: number;
  /**
   * x [N, H, W, channels] -> the same shape.
   * @param style the vector of AdaIN parameters [N, F]: shift and scale of the first norm, then of the second
   * @param from the first column that is this block's; default 0
   */
  apply(params: ResidualBlockParams, x: Tensor4D, style?: Tensor2D, from?: number): Tensor4D;
}

/** y = x + norm(conv(f(norm(conv(x))))), or with `preActivation` x + conv(f(norm(conv(f(norm(x)))))); 3×3, padding 1. @throws ArgumentError for an unknown option or one out of range */
export function residualBlock(options: ResidualBlockOptions): ResidualBlock {
  checkKeys('residualBlock', options, ['channels', 'norm', 'activation', 'padMode', 'preActivation']);
  const { channels, norm = 'in', activation = 'relu', padMode = 'zero', preActivation = false } = options;
  const common = { inChannels: channels, outChannels: channels, kernel: 3, padding: 1, padMode, norm } as const;
  const [first, second] = [convBlock({ ...common, activation }), convBlock({ ...common, activation: preActivation ? activation : 'none' })];
  const inOrder = (block: Part): Part => (preActivation ? { ...block, node: weightLast(block.node) } : block);
  const body = sequence([inOrder(part('first', 'model.0', first)), inOrder(part('second', 'model.1', second))]);
  const node: LayerNode = { op: 'residual', body: { key: '', name: '', node: body } };
  const runner = runnerOf('residualBlock', node);
  return {
    ...layerOf<ResidualBlock>('residualBlock', { first: first.specs, second: second.specs }, node),
    adaInCount: styleColumns(node),
    apply: (params, x, style, from) => runner.run(params, x, { style, from }) as Tensor4D,
  };
}

/** A block's parts with the convolution behind its norm and activation; their names and parameters stay. */
function weightLast(node: LayerNode): LayerNode {
  if (node.op !== 'sequence') return node;
  const isWeight = ({ node: { op } }: Part): boolean => op === 'convolution';
  return { ...node, parts: [...node.parts.filter((own) => !isWeight(own)), ...node.parts.filter(isWeight)] };
}
