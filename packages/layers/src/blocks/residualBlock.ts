/** Two 3×3 blocks around a skip connection (`networks.py`, `ResBlock`). */
import { ArgumentError, type PadMode, type Tensor2D, type Tensor4D } from '@munit/core';
import type { Layer, LayerActivation, Norm } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkKeys } from '../support/options.js';
import { chain, scoped } from '../support/scope.js';
import { type ConvBlock, convBlock, type ConvBlockParams } from './convBlock.js';
import { type AdaInParams, adaInAt } from './norms.js';

export interface ResidualBlockOptions {
  /** Channels, in and out. */
  readonly dim: number;
  /** Default in. */
  readonly norm?: Norm;
  /** Default relu. */
  readonly activation?: LayerActivation;
  /** Default zero. */
  readonly padMode?: PadMode;
}

export type ResidualBlockParams = { readonly first: ConvBlockParams; readonly second: ConvBlockParams };

export interface ResidualBlock extends Layer<ResidualBlockParams> {
  readonly kind: 'residualBlock';
  readonly options: Required<ResidualBlockOptions>;
  readonly first: ConvBlock;
  readonly second: ConvBlock;
  /** Columns of the style vector that the block reads: 4 dim with the norm adain, else 0. */
  readonly adaInCount: number;
  /**
   * x [N, H, W, dim] -> the same shape. `style` [N, F] and `from`: the vector of AdaIN parameters and the first column
   * that is this block's (shift and scale of the first norm, then of the second).
   */
  apply(params: ResidualBlockParams, x: Tensor4D, style?: Tensor2D, from?: number): Tensor4D;
}

/** y = x + norm(conv(f(norm(conv(x))))), 3×3, padding 1. @throws ArgumentError for an unknown option or one out of range */
export function residualBlock(options: ResidualBlockOptions): ResidualBlock {
  checkKeys('residualBlock', options, ['dim', 'norm', 'activation', 'padMode']);
  const { dim, norm = 'in', activation = 'relu', padMode = 'zero' } = options;
  const common = { inChannels: dim, outChannels: dim, kernel: 3, padding: 1, padMode, norm } as const;
  const first = convBlock({ ...common, activation });
  const second = convBlock({ ...common, activation: 'none' });
  const parameters = { first: first.parameters, second: second.parameters };
  const adaInAtLayer = (style: Tensor2D | undefined, from: number, layer: 0 | 1): AdaInParams | undefined => {
    if (norm !== 'adain') return undefined;
    if (style === undefined) throw new ArgumentError('residualBlock: the norm adain needs a style vector, but none came.');
    return adaInAt(style, from + layer * 2 * dim, dim);
  };
  return {
    kind: 'residualBlock',
    options: { dim, norm, activation, padMode },
    first,
    second,
    adaInCount: norm === 'adain' ? 4 * dim : 0,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as ResidualBlockParams,
    apply: (params, x, style, from = 0) =>
      scoped(() =>
        chain(x, [
          (y) => first.apply(params.first, y, { adaIn: adaInAtLayer(style, from, 0) }),
          (y) => second.apply(params.second, y, { adaIn: adaInAtLayer(style, from, 1), residual: x }),
        ]),
      ),
  };
}
