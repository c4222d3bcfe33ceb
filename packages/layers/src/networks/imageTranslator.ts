/** What the generators that go from image to image in one piece have in common: CycleGAN's and BicycleGAN's. */
import { checkInteger, checkOneOf, type Rng, type Tensor2D, type Tensor4D } from '@munit/core';
import { type LayerNode, sequence } from '../describe/nodes.js';
import type { GeneratorSizes } from './architecture.js';

/** Where a style enters, by the published option `where_add`: beside the image's channels, or beside those of every convolution's input. */
export type WhereAdd = 'input' | 'all';

/** The style of a generator that has one. */
export interface StyleInput {
  /** Length of the style code (`nz`); 0 for a generator without styles. */
  readonly styleDim: number;
  /** Where it enters. */
  readonly whereAdd: WhereAdd;
}

/** A generator in one piece: an image, and for one with styles a style code, as an image of the other domain. */
export interface ImageTranslator<P> extends GeneratorSizes {
  /**
   * x [N, H, W, inputDim] in [−1, 1], style [N, styleDim] (for a generator with styles) -> [N, H, W, outputDim] in [−1, 1].
   * @param rng in training, where dropout draws what it drops; without it nothing is dropped
   */
  translate(params: P, x: Tensor4D, style?: Tensor2D, rng?: Rng): Tensor4D;
}

/** @throws ArgumentError for an option out of range */
export function checkStyleInput(where: string, { styleDim, whereAdd }: StyleInput): void {
  checkInteger(where, 'styleDim', styleDim, 0);
  checkOneOf(where, 'whereAdd', whereAdd, ['input', 'all']);
}

/** A layer whose input has the style's numbers as further channels; the layer itself where there are none. */
export function withStyle<L extends { describe(): LayerNode }>(channels: number, layer: L): L {
  if (channels === 0) return layer;
  const node = sequence([
    { key: '', name: '', node: { op: 'appendCode', channels } },
    { key: '', name: '', node: layer.describe() },
  ]);
  return { ...layer, describe: () => node };
}
