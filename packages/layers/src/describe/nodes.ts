/**
 * A network as data: a tree of ops with their constants, the parameters they read, and the order in which they run.
 *
 * `apply` runs this tree (`run.ts`), and everything else that needs to know what a network is made of reads it: official names,
 * ONNX, processing in bands, memory, parameter counts. A new network describes itself and gets all of these.
 */
import type { PadMode } from '@munit/core';
import type { LayerActivation, Norm } from '../names.js';

/** Upsampling by repetition, padding, convolution: weight [kh, kw, C, O], bias [O]. */
export interface ConvolutionNode {
  /** Which op it is. */
  readonly op: 'convolution';
  /** Channels that come in. */
  readonly inChannels: number;
  /** Channels that go out. */
  readonly outChannels: number;
  /** Rows of the kernel. */
  readonly kernel: number;
  /** Columns of the kernel, where they are not as many as its rows. */
  readonly kernelWidth?: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Border on all four sides, after the upsampling. */
  readonly padding: number;
  /** How the border is filled. */
  readonly padMode: PadMode;
  /** Nearest-neighbour enlargement before the padding. */
  readonly upsample: 1 | 2;
  /** Whether the weight is divided by its largest singular value; u and v lie beside it. */
  readonly spectral: boolean;
  /** False where the norm behind it makes a bias idle, so that there is none. Default true. */
  readonly bias?: boolean;
}

/** The adjoint of a convolution with zero padding: weight [kh, kw, O, C], bias [O]. */
export interface TransposedConvolutionNode {
  /** Which op it is. */
  readonly op: 'transposedConvolution';
  /** Channels that come in. */
  readonly inChannels: number;
  /** Channels that go out. */
  readonly outChannels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  /** Pixels between the places where neighbouring inputs are added. */
  readonly stride: number;
  /** Rows and columns that are cut off on all four sides. */
  readonly padding: number;
  /** Rows and columns added at the bottom and at the right. */
  readonly outputPadding: number;
  /** False where there is none. Default true. */
  readonly bias?: boolean;
}

/** x W + b: weight [I, O], bias [O]. */
export interface DenseNode {
  /** Which op it is. */
  readonly op: 'dense';
  /** Features that come in. */
  readonly inFeatures: number;
  /** Features that go out. */
  readonly outFeatures: number;
  /** Whether the weight is divided by its largest singular value; u and v lie beside it. */
  readonly spectral: boolean;
}

/** A norm that computes: spectral norm belongs to the weight, and none is absent. */
export type StatisticsNorm = Exclude<Norm, 'none' | 'sn'>;

/**
 * Less the mean, over the deviation. `ln` and `bn` have a learned scale and shift per channel. `adain` reads them from the style
 * vector: the AdaIN norms of a network take its columns in the order in which they run, each its `channels` shifts, then its scales.
 */
export interface NormNode {
  /** Which op it is. */
  readonly op: 'norm';
  /** Its published name. */
  readonly norm: StatisticsNorm;
  /** What the statistics are taken over: `instance` H, W of each channel and sample; `batch` N, H, W; `layer` H, W, C. */
  readonly over: 'instance' | 'batch' | 'layer';
  readonly channels: number;
  /** Added to the variance, or by `layer` to the deviation. */
  readonly epsilon: number;
  /**
   * Whether a batch norm keeps running averages, `running.mean` and `running.variance` beside its scale and shift, and normalises by them in
   * inference, as PyTorch's does. Default false: it takes the batch's own statistics always.
   */
  readonly running?: boolean;
}

/** An element-wise non-linearity. */
export interface ActivationNode {
  /** Which op it is. */
  readonly op: 'activation';
  /** Its published name. */
  readonly activation: Exclude<LayerActivation, 'none'>;
  /** The fixed negative slope of `relu` (0) and `lrelu`; a `prelu` learns its slope, a parameter of shape [1]. */
  readonly slope?: number;
  /** λ and α of `selu`. */
  readonly selu?: { readonly scale: number; readonly alpha: number };
}

/** The mean or the largest value of each window. */
export interface PoolNode {
  /** Which op it is. */
  readonly op: 'pool';
  /** Which value of a window. */
  readonly take: 'average' | 'max';
  /** Side of the window. */
  readonly size: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Border that windows may reach into. */
  readonly padding: number;
  /** Whether an average counts the border as zeros. Default false: only the values inside the image count. */
  readonly countIncludePad?: boolean;
  /** Whether a last window that is only partly inside counts (`ceil_mode`), of a maximum. Default false. */
  readonly partial?: boolean;
}

/** Every second row and column after a binomial blur with mirrored borders: [N, H, W, C] -> [N, ⌈H/2⌉, ⌈W/2⌉, C]. */
export interface BlurPoolNode {
  /** Which op it is. */
  readonly op: 'blurPool';
  /** Channels in and out. */
  readonly channels: number;
  /** Side of the window: [1, 2, 1] / 4 along each axis. */
  readonly size: 3;
}

/** A border on all four sides. */
export interface PadNode {
  /** Which op it is. */
  readonly op: 'pad';
  /** How it is filled. */
  readonly padMode: PadMode;
  /** Rows above and below. */
  readonly rows: number;
  /** Columns at the left and at the right. */
  readonly columns: number;
}

/** Bilinear enlargement by a whole factor. */
export interface UpsampleNode {
  /** Which op it is. */
  readonly op: 'upsample';
  /** How values between pixels are found. */
  readonly mode: 'bilinear';
  /** Times as many rows and columns. */
  readonly factor: number;
  /** Whether the outermost pixels stay at the corners. */
  readonly alignCorners: boolean;
}

/** In training some values become 0 and the others grow by 1 / (1 − rate); in inference nothing happens. */
export interface DropoutNode {
  /** Which op it is. */
  readonly op: 'dropout';
  /** The share that is dropped. */
  readonly rate: number;
}

/** The code that the network is given, at every pixel, behind the channels of x: [N, H, W, C] -> [N, H, W, C + channels]. */
export interface AppendCodeNode {
  /** Which op it is. */
  readonly op: 'appendCode';
  /** Length of the code. */
  readonly channels: number;
}

/** The mean over H and W: [N, H, W, C] -> [N, 1, 1, C]. */
export interface GlobalPoolNode {
  /** Which op it is. */
  readonly op: 'globalAveragePool';
}

/** [N, 1, 1, C] -> [N, C]. */
export interface FlattenNode {
  /** Which op it is. */
  readonly op: 'flatten';
}

/** y[c] = gain[c] · x[from[c]] + offset[c] of images with red, green, blue, or one channel that stands for all three. */
export interface ColoursNode {
  /** Which op it is. */
  readonly op: 'colours';
  /** The channel of the input that each channel of the output reads. */
  readonly from: readonly [number, number, number];
  /** The factor of each channel. */
  readonly gain: readonly [number, number, number];
  /** What is added to each channel. */
  readonly offset: readonly [number, number, number];
}

/** A part of a network, and where it is in the whole. */
export interface Part {
  /** Where its parameters lie in those of the whole: `down.0`; empty when they are the whole's own, or there are none. */
  readonly key: string;
  /** What its official names start with: `model.1`; empty when it has no level of its own there. */
  readonly name: string;
  /** Other official names for the same part: `features.0` for VGG16's `conv1_1`. */
  readonly aliases?: readonly string[];
  /** The name of its output among a feature network's maps. */
  readonly tap?: string;
  /** What it is. */
  readonly node: LayerNode;
}

/** One part after the other. */
export interface SequenceNode {
  /** Which op it is. */
  readonly op: 'sequence';
  /** In the order in which they run. */
  readonly parts: readonly Part[];
  /** In the order in which PyTorch registers them, where that is another one. */
  readonly registered?: readonly Part[];
  /** Tensors that a file of the whole network may have besides. */
  readonly ignored?: RegExp;
}

/** y = x + body(x), or shortcut(x) + body(x). */
export interface ResidualNode {
  /** Which op it is. */
  readonly op: 'residual';
  /** What is added to the input. */
  readonly body: Part;
  /** What the input becomes before the sum, where body changes its shape. */
  readonly shortcut?: Part;
}

/**
 * The outputs of several parts for the same input, behind one another along the channels. A skip connection has a part without ops, which
 * gives the input itself.
 */
export interface BranchesNode {
  /** Which op it is. */
  readonly op: 'branches';
  /** In the order of their channels. */
  readonly branches: readonly Part[];
}

/** The same input at several scales, each halved by `pool` from the one before, and a network for each. */
export interface ScalesNode {
  /** Which op it is. */
  readonly op: 'scales';
  /** The network of each scale, the finest first. */
  readonly scales: readonly Part[];
  /** Between one scale and the next. */
  readonly pool: PoolNode;
  /** A network for the input as it is, behind those of the scales. */
  readonly whole?: Part;
}

/** What a part of an image-to-image generator does. */
export type GeneratorRole = 'contentEncoder' | 'styleEncoder' | 'styleMlp' | 'decoder';

/**
 * An auto-encoder of one domain: image -> content, image -> style (where it has styles), style -> AdaIN parameters, and content
 * (with AdaIN parameters) -> image.
 */
export interface GeneratorNode {
  /** Which op it is. */
  readonly op: 'generator';
  /** The parts by what they do. */
  readonly roles: { readonly contentEncoder: Part; readonly decoder: Part; readonly styleEncoder?: Part; readonly styleMlp?: Part };
  /** The roles in PyTorch's order. */
  readonly registered: readonly Part[];
}

/** A node that computes by itself. */
export type OpNode =
  | ConvolutionNode
  | TransposedConvolutionNode
  | DenseNode
  | NormNode
  | ActivationNode
  | PoolNode
  | BlurPoolNode
  | PadNode
  | UpsampleNode
  | DropoutNode
  | AppendCodeNode
  | GlobalPoolNode
  | FlattenNode
  | ColoursNode;

/** An op with weights of its own, which norm and activation may follow in one go. */
export type WeightNode = ConvolutionNode | TransposedConvolutionNode | DenseNode;

/** A network, layer or op as data. */
export type LayerNode = OpNode | SequenceNode | ResidualNode | BranchesNode | ScalesNode | GeneratorNode;

/** The parts of a node in PyTorch's order of registration; none for an op. */
export function partsOf(node: LayerNode): readonly Part[] {
  switch (node.op) {
    case 'sequence':
      return node.registered ?? node.parts;
    case 'residual':
      return node.shortcut === undefined ? [node.body] : [node.body, node.shortcut];
    case 'branches':
      return node.branches;
    case 'scales':
      return node.whole === undefined ? node.scales : [...node.scales, node.whole];
    case 'generator':
      return node.registered;
    default:
      return [];
  }
}

/** Two paths or names as one. */
export const join = (prefix: string, name: string): string => (prefix === '' || name === '' ? prefix + name : `${prefix}.${name}`);

/** Negative slope of the published networks' leaky ReLU (`networks.py`, `nn.LeakyReLU(0.2)`). */
const LEAKY_SLOPE = 0.2;
/** λ and α of SELU (Klambauer et al. 2017, equation 2). */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;
/** ε of every published norm. */
const EPSILON = 1e-5;

const over = { in: 'instance', adain: 'instance', bn: 'batch', ln: 'layer' } as const;

export const normNode = (norm: StatisticsNorm, channels: number): NormNode => ({ op: 'norm', norm, over: over[norm], channels, epsilon: EPSILON });

/** @returns undefined for `none`, which needs no op */
export function activationNode(activation: LayerActivation): ActivationNode | undefined {
  switch (activation) {
    case 'none':
      return undefined;
    case 'relu':
      return { op: 'activation', activation, slope: 0 };
    case 'lrelu':
      return { op: 'activation', activation, slope: LEAKY_SLOPE };
    case 'selu':
      return { op: 'activation', activation, selu: SELU };
    default:
      return { op: 'activation', activation };
  }
}

/** A layer as a part of another one. */
export const part = (key: string, name: string, layer: { describe(): LayerNode }): Part => ({ key, name, node: layer.describe() });

export const sequence = (parts: readonly Part[]): SequenceNode => ({ op: 'sequence', parts });

/** A part without ops: its output is its input. */
export const identityPart: Part = { key: '', name: '', node: sequence([]) };

/** Whether a node gives its input back. */
export const isIdentity = (node: LayerNode): boolean => node.op === 'sequence' && node.parts.length === 0;

/** Length of the code that a node reads; 0 for one that reads none. */
export function codeChannels(node: LayerNode): number {
  if (node.op === 'appendCode') return node.channels;
  return partsOf(node).reduce((longest, { node: child }) => Math.max(longest, codeChannels(child)), 0);
}

/** Columns of the style vector that a node reads: two for each channel of its AdaIN norms. */
export function styleColumns(node: LayerNode): number {
  if (node.op === 'norm') return node.norm === 'adain' ? 2 * node.channels : 0;
  return partsOf(node).reduce((sum, { node: child }) => sum + styleColumns(child), 0);
}

