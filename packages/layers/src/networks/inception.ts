/**
 * Inception v3 (Szegedy et al. 2016) in torchvision's form, and in the one whose features the FID is defined on: TensorFlow's network of 2015, as
 * pytorch-fid runs it, whose poolings differ. Batch norms are folded into their convolutions (`foldBatchNorms`), as only inference is for.
 */
import { checkInteger, checkKeys, checkOneOf, type Params, type Tensor2D, type Tensor4D } from '@munit/core';
import { linearBlock } from '../blocks/linearBlock.js';
import { runnerOf } from '../describe/run.js';
import { layerOf, type OfficialLayer } from '../layer.js';
import { beside, chain, conv, op, type Piece, under } from './pieces.js';

/** Which poolings: torchvision's averages count the zeros around; pytorch-fid's do not, and its last block takes the largest. */
export type InceptionVariant = 'torchvision' | 'fid';
/** All of them. */
export const inceptionVariants = ['torchvision', 'fid'] as const satisfies readonly InceptionVariant[];

/** Options of `inceptionV3`. */
export interface InceptionOptions {
  /** Default torchvision. */
  readonly variant?: InceptionVariant | undefined;
  /** Outputs of the classifier; default no classifier. */
  readonly classes?: number | undefined;
}

/** Inception v3 for inference. */
export interface InceptionV3 extends OfficialLayer {
  /** `inceptionV3`. */
  readonly kind: 'inceptionV3';
  /** Which poolings. */
  readonly variant: InceptionVariant;
  /** x [N, H, W, 3] in [−1, 1], H, W ≥ 75 -> the mean of the last map, [N, 2048]. The published weights expect 299×299. */
  apply(params: Params, x: Tensor4D): Tensor2D;
  /** The classifier's logits [N, classes]. @throws ArgumentError for a network without classifier */
  logits(params: Params, x: Tensor4D): Tensor2D;
}

type AveragePooling = Piece;

const maxPool = op({ op: 'pool', take: 'max', size: 3, stride: 2, padding: 0 });
const widePool = op({ op: 'pool', take: 'max', size: 3, stride: 1, padding: 1 });

/** Mixed_5b, 5c, 5d. */
const blockA = (key: string, channels: number, pooled: number, pool: AveragePooling): Piece =>
  under(
    key,
    beside(
      conv('branch1x1', channels, 64, 1),
      chain(conv('branch5x5_1', channels, 48, 1), conv('branch5x5_2', 48, 64, 5, { padding: 2 })),
      chain(conv('branch3x3dbl_1', channels, 64, 1), conv('branch3x3dbl_2', 64, 96, 3, { padding: 1 }), conv('branch3x3dbl_3', 96, 96, 3, { padding: 1 })),
      chain(pool, conv('branch_pool', channels, pooled, 1)),
    ),
  );

/** Mixed_6a. */
const blockB = (key: string, channels: number): Piece =>
  under(
    key,
    beside(
      conv('branch3x3', channels, 384, 3, { stride: 2 }),
      chain(conv('branch3x3dbl_1', channels, 64, 1), conv('branch3x3dbl_2', 64, 96, 3, { padding: 1 }), conv('branch3x3dbl_3', 96, 96, 3, { stride: 2 })),
      maxPool,
    ),
  );

const row = (key: string, inChannels: number, outChannels: number): Piece => conv(key, inChannels, outChannels, [1, 7], { padding: [0, 3] });
const column = (key: string, inChannels: number, outChannels: number): Piece => conv(key, inChannels, outChannels, [7, 1], { padding: [3, 0] });

/** Mixed_6b to 6e. */
const blockC = (key: string, channels: number, inner: number, pool: AveragePooling): Piece =>
  under(
    key,
    beside(
      conv('branch1x1', channels, 192, 1),
      chain(conv('branch7x7_1', channels, inner, 1), row('branch7x7_2', inner, inner), column('branch7x7_3', inner, 192)),
      chain(
        conv('branch7x7dbl_1', channels, inner, 1),
        column('branch7x7dbl_2', inner, inner),
        row('branch7x7dbl_3', inner, inner),
        column('branch7x7dbl_4', inner, inner),
        row('branch7x7dbl_5', inner, 192),
      ),
      chain(pool, conv('branch_pool', channels, 192, 1)),
    ),
  );

/** Mixed_7a. */
const blockD = (key: string, channels: number): Piece =>
  under(
    key,
    beside(
      chain(conv('branch3x3_1', channels, 192, 1), conv('branch3x3_2', 192, 320, 3, { stride: 2 })),
      chain(conv('branch7x7x3_1', channels, 192, 1), row('branch7x7x3_2', 192, 192), column('branch7x7x3_3', 192, 192), conv('branch7x7x3_4', 192, 192, 3, { stride: 2 })),
      maxPool,
    ),
  );

/** 1×3 and 3×1 beside each other. */
const split = (key: string, channels: number, ends: readonly [string, string]): Piece =>
  beside(conv(`${key}${ends[0]}`, channels, 384, [1, 3], { padding: [0, 1] }), conv(`${key}${ends[1]}`, channels, 384, [3, 1], { padding: [1, 0] }));

/** Mixed_7b, 7c. */
const blockE = (key: string, channels: number, pool: Piece): Piece =>
  under(
    key,
    beside(
      conv('branch1x1', channels, 320, 1),
      chain(conv('branch3x3_1', channels, 384, 1), split('branch3x3_2', 384, ['a', 'b'])),
      chain(conv('branch3x3dbl_1', channels, 448, 1), conv('branch3x3dbl_2', 448, 384, 3, { padding: 1 }), split('branch3x3dbl_3', 384, ['a', 'b'])),
      chain(pool, conv('branch_pool', channels, 192, 1)),
    ),
  );

/**
 * Inception v3 up to the mean of its last map, and a classifier on it where `classes` says so.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function inceptionV3(options: InceptionOptions = {}): InceptionV3 {
  checkKeys('inceptionV3', options, ['variant', 'classes']);
  const { variant = 'torchvision', classes } = options;
  checkOneOf('inceptionV3', 'variant', variant, inceptionVariants);
  if (classes !== undefined) checkInteger('inceptionV3', 'classes', classes, 1);
  const average = op({ op: 'pool', take: 'average', size: 3, stride: 1, padding: 1, countIncludePad: variant === 'torchvision' });
  const features = chain(
    conv('Conv2d_1a_3x3', 3, 32, 3, { stride: 2 }),
    conv('Conv2d_2a_3x3', 32, 32, 3),
    conv('Conv2d_2b_3x3', 32, 64, 3, { padding: 1 }),
    maxPool,
    conv('Conv2d_3b_1x1', 64, 80, 1),
    conv('Conv2d_4a_3x3', 80, 192, 3),
    maxPool,
    blockA('Mixed_5b', 192, 32, average),
    blockA('Mixed_5c', 256, 64, average),
    blockA('Mixed_5d', 288, 64, average),
    blockB('Mixed_6a', 288),
    blockC('Mixed_6b', 768, 128, average),
    blockC('Mixed_6c', 768, 160, average),
    blockC('Mixed_6d', 768, 160, average),
    blockC('Mixed_6e', 768, 192, average),
    blockD('Mixed_7a', 768),
    blockE('Mixed_7b', 1280, average),
    blockE('Mixed_7c', 2048, variant === 'fid' ? widePool : average),
    op({ op: 'globalAveragePool' }),
    op({ op: 'flatten' }),
  );
  const fc = classes === undefined ? undefined : linearBlock({ inFeatures: 2048, outFeatures: classes, activation: 'none' });
  const head = fc === undefined ? [] : [{ key: 'fc', name: '', node: fc.describe() }];
  const parts = [...features.parts.map((part, i) => (i === features.parts.length - 1 ? { ...part, tap: 'features' } : part)), ...head.map((part) => ({ ...part, tap: 'logits' }))];
  // A file of the whole network has a second classifier, and a first one where none is wanted.
  const node = { op: 'sequence', parts, ignored: classes === undefined ? /^(AuxLogits|fc)\./ : /^AuxLogits\./ } as const;
  const runner = runnerOf('inceptionV3', node);
  return {
    ...layerOf<InceptionV3>('inceptionV3', fc === undefined ? features.specs : { ...features.specs, fc: fc.specs }, node),
    variant,
    apply: (params, x) => runner.taps(params, x, ['features'])[0] as Tensor2D,
    logits: (params, x) => runner.taps(params, x, ['logits'])[0] as Tensor2D,
  };
}
