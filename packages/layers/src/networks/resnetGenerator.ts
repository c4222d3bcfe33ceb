/** CycleGAN's residual generator (`ResnetGenerator`): an image of one domain as one of the other. */
import { checkInteger, checkKeys, checkOneOf, type PadMode, type Tensor4D } from '@munit/core';
import { type BlockNames, convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { upBlock } from '../blocks/upBlock.js';
import { at, compose } from '../describe/compose.js';
import { type LayerNode, part, sequence } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { padModes } from '../names.js';
import { checkStyleInput, type ImageTranslator, type StyleInput, withStyle } from './imageTranslator.js';
import type { PatchNorm } from './patchDiscriminator.js';

/** Options of `resnetGenerator`, by the published names. */
export interface ResnetGeneratorOptions extends StyleInput {
  /** Channels of the images that go in (`input_nc`). */
  readonly inputDim: number;
  /** Channels of the images that come out (`output_nc`). */
  readonly outputDim: number;
  /** Channels of the first layer; each halving doubles them (`ngf`). */
  readonly dim: number;
  /** Halvings, and doublings; 2 in the published code. */
  readonly nDownsample: number;
  /** Residual blocks (`n_blocks`). */
  readonly nRes: number;
  /** Of all layers but the last. */
  readonly norm: PatchNorm;
  /** How the borders of the residual blocks are filled; those of the 7×7 are reflected, those of the others zero. */
  readonly padMode: PadMode;
  /** Whether half of the values within the residual blocks are dropped in training. */
  readonly dropout: boolean;
}

/** Parameters of a `resnetGenerator`. */
export type ResnetGeneratorParams = {
  /** 7×7. */
  readonly first: ConvBlockParams;
  /** 3×3 at stride 2, each doubling the channels. */
  readonly down: readonly ConvBlockParams[];
  /** Two 3×3 beside a skip connection. */
  readonly residual: readonly { readonly first: ConvBlockParams; readonly second: ConvBlockParams }[];
  /** Transposed 3×3 at stride 2, each halving the channels. */
  readonly up: readonly ConvBlockParams[];
  /** 7×7 with tanh. */
  readonly last: ConvBlockParams;
};

/** CycleGAN's residual generator. */
export interface ResnetGenerator extends Layer<ResnetGeneratorParams>, ImageTranslator<ResnetGeneratorParams> {
  /** `resnetGenerator`. */
  readonly kind: 'resnetGenerator';
}

/**
 * 7×7, nDownsample times 3×3 at stride 2, nRes residual blocks, as many transposed 3×3 as halvings, 7×7 with tanh; relu in between.
 * With a style, its numbers are further channels of the image (`whereAdd: input`) or of every convolution's input (`all`).
 * @throws ArgumentError for an unknown option or one out of range
 */
export function resnetGenerator(options: ResnetGeneratorOptions): ResnetGenerator {
  const where = 'resnetGenerator';
  checkKeys(where, options, ['inputDim', 'outputDim', 'dim', 'nDownsample', 'nRes', 'norm', 'padMode', 'dropout', 'styleDim', 'whereAdd']);
  const { inputDim, outputDim, dim, nDownsample, nRes, norm, styleDim, whereAdd } = options;
  for (const [name, least] of [['inputDim', 1], ['outputDim', 1], ['dim', 1], ['nDownsample', 0], ['nRes', 0]] as const) checkInteger(where, name, options[name], least);
  checkOneOf(where, 'norm', norm, ['in', 'none']);
  checkOneOf(where, 'padMode', options.padMode, padModes);
  checkStyleInput(where, options);
  const inner = whereAdd === 'all' ? styleDim : 0;
  const width = (level: number): number => dim * 2 ** level;
  const common = { norm, activation: 'relu' } as const;
  // Modules have numbers: a padding before each 7×7, and a norm and a relu behind each convolution.
  const numbered = (number: number): BlockNames => ({ conv: `model.${number}`, norm: `model.${number + 1}`, activation: `model.${number + 2}` });
  const blocksAt = 4 + 3 * nDownsample;
  const upAt = blocksAt + nRes;
  const seven = { kernel: 7, padding: 3, padMode: 'reflect' } as const;
  const { specs, node } = compose({
    first: at('', withStyle(styleDim, convBlock({ inChannels: inputDim + styleDim, outChannels: dim, ...seven, ...common }, numbered(1)))),
    down: Array.from({ length: nDownsample }, (_, i) =>
      at('', withStyle(inner, convBlock({ inChannels: width(i) + inner, outChannels: width(i + 1), kernel: 3, stride: 2, padding: 1, ...common }, numbered(4 + 3 * i)))),
    ),
    residual: Array.from({ length: nRes }, (_, i) => at(`model.${blocksAt + i}.conv_block`, residual(options, width(nDownsample), inner))),
    up: Array.from({ length: nDownsample }, (_, i) =>
      at('', withStyle(inner, upBlock({ inChannels: width(nDownsample - i) + inner, outChannels: width(nDownsample - i - 1), upsampling: 'basic', kernel: 3, ...common }, `model.${upAt + 3 * i}`))),
    ),
    last: at('', withStyle(inner, convBlock({ inChannels: dim + inner, outChannels: outputDim, ...seven, activation: 'tanh' }, numbered(upAt + 3 * nDownsample + 1)))),
  });
  const runner = runnerOf(where, node);
  return {
    ...layerOf<ResnetGenerator>(where, specs, node, 'gaussian'),
    sizeMultiple: 2 ** nDownsample,
    minimumSize: Math.max(4, 2 ** (nDownsample + 1)),
    translate: (params, x, style, rng) => runner.run(params, x, { code: style, dropout: rng }) as Tensor4D,
  };
}

/** A residual block's two convolutions. Where the padding is a module of its own, it has a number before each, and so has dropout behind the relu. */
function residual({ norm, padMode, dropout }: ResnetGeneratorOptions, channels: number, style: number): Layer<ResnetGeneratorParams['residual'][number]> {
  const padded = padMode === 'zero' ? 0 : 1;
  const common = { inChannels: channels + style, outChannels: channels, kernel: 3, padding: 1, padMode, norm } as const;
  const names = (number: number): BlockNames => ({ conv: `${number}`, norm: `${number + 1}`, activation: `${number + 2}` });
  const first = withStyle(style, convBlock({ ...common, activation: 'relu' }, names(padded)));
  const second = withStyle(style, convBlock({ ...common, activation: 'none' }, names(padded + 3 + (dropout ? 1 : 0) + padded)));
  const drop: LayerNode = { op: 'dropout', rate: 0.5 };
  const body = sequence([part('first', '', first), ...(dropout ? [{ key: '', name: '', node: drop }] : []), part('second', '', second)]);
  return layerOf<Layer<ResnetGeneratorParams['residual'][number]>>('resnetBlock', { first: first.specs, second: second.specs }, { op: 'residual', body: { key: '', name: '', node: body } });
}
