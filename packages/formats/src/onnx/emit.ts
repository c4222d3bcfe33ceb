/** A network's description as an ONNX graph. Values are [N, C, H, W], or features [N, F]. */
import { ArgumentError } from '@munit/core';
import { type ActivationNode, type BlurPoolNode, type ColoursNode, type ConvolutionNode, type DenseNode, isIdentity, joinPath, type LayerNode, type NormNode, type PadNode, type Part, type PoolNode, type TransposedConvolutionNode, type UpsampleNode } from '@munit/layers';
import type { GraphBuilder, Value } from './graph.js';
import { adaIn, instanceNorm, layerNorm } from './norms.js';

/** Where a network goes, and where its weights and its style come from. */
export interface Emitter {
  readonly graph: GraphBuilder;
  /** Our path of a parameter, to the constant with PyTorch's layout. */
  readonly weight: (path: string) => Value;
  /** The AdaIN parameters [N, F]; the norms take their columns one after the other. */
  readonly style?: { readonly vector: Value; next: number } | undefined;
  /** The code [N, F] that `appendCode` puts beside every pixel. */
  readonly code?: Value | undefined;
}

const PAD_MODES = { reflect: 'reflect', replicate: 'edge', zero: 'constant' } as const;

const unsupported = (what: string): ArgumentError =>
  new ArgumentError(`ONNX export does not support ${what}.`, { remedy: 'Export a generator.' });

/** The output of a network whose parameters lie at `path`. @throws ArgumentError for an op without an ONNX form here */
export function emit(emitter: Emitter, node: LayerNode, path: string, x: Value): Value {
  const { graph } = emitter;
  const part = (child: Part, y: Value): Value => emit(emitter, child.node, joinPath(path, child.key), y);
  switch (node.op) {
    case 'convolution':
      return convolution(emitter, node, path, x);
    case 'transposedConvolution':
      return transposedConvolution(emitter, node, path, x);
    case 'dense':
      return dense(emitter, node, path, x);
    case 'norm':
      return norm(emitter, node, path, x);
    case 'activation':
      return activation(emitter, node, path, x);
    case 'pool':
      return pool(emitter, node, x);
    case 'blurPool':
      return blurPool(emitter, node, x);
    case 'pad':
      return pad(emitter, node, x);
    case 'upsample':
      return upsample(emitter, node, x);
    // A graph is for inference, where nothing is dropped.
    case 'dropout':
      return x;
    case 'appendCode':
      return appendCode(emitter, node.channels, x);
    case 'globalAveragePool':
      return graph.node('GlobalAveragePool', [x]);
    case 'flatten':
      return graph.node('Flatten', [x], { axis: 1 });
    case 'colours':
      return colours(emitter, node, x);
    case 'sequence':
      return node.parts.reduce((y, child) => part(child, y), x);
    case 'residual':
      return graph.node('Add', [part(node.body, x), node.shortcut === undefined ? x : part(node.shortcut, x)]);
    case 'branches':
      return graph.node('Concat', node.branches.map((branch) => (isIdentity(branch.node) ? x : part(branch, x))), { axis: 1 });
    case 'scales':
    case 'generator':
      throw unsupported(`a node '${node.op}' as one graph`);
    default:
      return node satisfies never;
  }
}

/** Upsampling by repetition, padding, convolution. */
function convolution({ graph, weight }: Emitter, { upsample: factor, padding, padMode, stride, kernel, kernelWidth = kernel, spectral, bias = true }: ConvolutionNode, path: string, x: Value): Value {
  if (spectral) throw unsupported('spectral norm');
  const scales = (): Value => graph.floats(`scales_${factor}`, [4], Float32Array.of(1, 1, factor, factor));
  const large =
    factor === 1
      ? x
      : graph.node('Resize', [x, '', scales()], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' });
  const pads = [0, 0, padding, padding, 0, 0, padding, padding];
  const padded = padding === 0 ? large : graph.node('Pad', [large, graph.integers(pads)], { mode: PAD_MODES[padMode] });
  const weights = [weight(`${path}.weight`), ...(bias ? [weight(`${path}.bias`)] : [])];
  return graph.node('Conv', [padded, ...weights], { kernel_shape: [kernel, kernelWidth], strides: [stride, stride] });
}

function transposedConvolution({ graph, weight }: Emitter, { kernel, stride, padding, outputPadding, bias = true }: TransposedConvolutionNode, path: string, x: Value): Value {
  const weights = [weight(`${path}.weight`), ...(bias ? [weight(`${path}.bias`)] : [])];
  return graph.node('ConvTranspose', [x, ...weights], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    output_padding: [outputPadding, outputPadding],
  });
}

function dense({ graph, weight }: Emitter, { spectral }: DenseNode, path: string, x: Value): Value {
  if (spectral) throw unsupported('spectral norm');
  return graph.node('Gemm', [x, weight(`${path}.weight`), weight(`${path}.bias`)], { transB: 1 });
}

function norm({ graph, weight, style }: Emitter, node: NormNode, path: string, x: Value): Value {
  switch (node.norm) {
    case 'in':
      return instanceNorm(graph, x, node);
    case 'adain': {
      if (style === undefined) throw new ArgumentError('A decoder with AdaIN requires a style.', { remedy: 'Give the decoder its AdaIN parameters.' });
      const from = style.next;
      style.next += 2 * node.channels;
      return adaIn(graph, x, node, style.vector, from);
    }
    case 'ln':
      return layerNorm(graph, x, node, weight(`${path}.scale`), weight(`${path}.shift`));
    default:
      if (node.running !== true) throw unsupported(`the norm '${node.norm}'`);
      return graph.node(
        'BatchNormalization',
        [x, ...['scale', 'shift', 'running.mean', 'running.variance'].map((name) => weight(`${path}.${name}`))],
        { epsilon: node.epsilon },
      );
  }
}

function activation({ graph, weight }: Emitter, { activation: name, slope, selu }: ActivationNode, path: string, x: Value): Value {
  switch (name) {
    case 'relu':
      return graph.node('Relu', [x]);
    case 'lrelu':
      return graph.node('LeakyRelu', [x], { alpha: slope ?? 0 });
    case 'prelu':
      return graph.node('PRelu', [x, weight(path)]);
    case 'selu':
      return graph.node('Selu', [x], { alpha: selu?.alpha ?? 0, gamma: selu?.scale ?? 0 });
    case 'tanh':
      return graph.node('Tanh', [x]);
    default:
      return name satisfies never;
  }
}

function pool({ graph }: Emitter, { take, size, stride, padding, countIncludePad = false, partial = false }: PoolNode, x: Value): Value {
  const window = { kernel_shape: [size, size], strides: [stride, stride], pads: [padding, padding, padding, padding] };
  if (take === 'max') return graph.node('MaxPool', [x], { ...window, ...(partial ? { ceil_mode: 1 } : {}) });
  return graph.node('AveragePool', [x], { ...window, count_include_pad: countIncludePad ? 1 : 0 });
}

/** The blur as a convolution of each channel by itself. */
function blurPool({ graph }: Emitter, { channels, size }: BlurPoolNode, x: Value): Value {
  const row = [0.25, 0.5, 0.25];
  const kernel = row.flatMap((u) => row.map((v) => u * v));
  const weights = graph.floats(`blur_${channels}`, [channels, 1, size, size], Float32Array.from({ length: channels * kernel.length }, (_, i) => kernel[i % kernel.length] as number));
  const padded = graph.node('Pad', [x, graph.integers([0, 0, 1, 1, 0, 0, 1, 1])], { mode: PAD_MODES.reflect });
  return graph.node('Conv', [padded, weights], { kernel_shape: [size, size], strides: [2, 2], group: channels });
}

const pad = ({ graph }: Emitter, { padMode, rows, columns }: PadNode, x: Value): Value =>
  graph.node('Pad', [x, graph.integers([0, 0, rows, columns, 0, 0, rows, columns])], { mode: PAD_MODES[padMode] });

const upsample = ({ graph }: Emitter, { factor, alignCorners }: UpsampleNode, x: Value): Value =>
  graph.node('Resize', [x, '', graph.floats(`scales_${factor}`, [4], Float32Array.of(1, 1, factor, factor))], {
    mode: 'linear',
    coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel',
  });

/** The code at every pixel, behind the channels of x. */
function appendCode({ graph, code }: Emitter, channels: number, x: Value): Value {
  if (code === undefined) throw new ArgumentError('A generator that reads a code requires one.', { remedy: 'Give the generator its code.' });
  const pixel = graph.node('Reshape', [code, graph.integers([-1, channels, 1, 1])]);
  const sizes = graph.node('Shape', [x]);
  const pixels = graph.node('Slice', [sizes, graph.integers([2]), graph.integers([4])]);
  const everywhere = graph.node('Expand', [pixel, graph.node('Concat', [graph.integers([1, 1]), pixels], { axis: 0 })]);
  return graph.node('Concat', [x, everywhere], { axis: 1 });
}

function colours({ graph }: Emitter, { from, gain, offset }: ColoursNode, x: Value): Value {
  const matrix = Float32Array.from(from.flatMap((source, c) => [0, 1, 2].map((channel) => (channel === source ? (gain[c] as number) : 0))));
  return graph.node('Conv', [x, graph.floats('colours_weight', [3, 3, 1, 1], matrix), graph.floats('colours_bias', [3], Float32Array.from(offset))], {
    kernel_shape: [1, 1],
    strides: [1, 1],
  });
}
