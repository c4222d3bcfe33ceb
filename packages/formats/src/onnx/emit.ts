/** A network's description as an ONNX graph. Values are [N, C, H, W], or features [N, F]. */
import { ArgumentError } from '@munit/core';
import { type ActivationNode, type ColoursNode, type ConvolutionNode, type DenseNode, joinPath, type LayerNode, type NormNode, type Part, type PoolNode } from '@munit/layers';
import type { GraphBuilder, Value } from './graph.js';
import { adaIn, instanceNorm, layerNorm } from './norms.js';

/** Where a network goes, and where its weights and its style come from. */
export interface Emitter {
  readonly graph: GraphBuilder;
  /** Our path of a parameter, to the constant with PyTorch's layout. */
  readonly weight: (path: string) => Value;
  /** The AdaIN parameters [N, F]; the norms take their columns one after the other. */
  readonly style?: { readonly vector: Value; next: number } | undefined;
}

const PAD_MODES = { reflect: 'reflect', replicate: 'edge', zero: 'constant' } as const;

const unsupported = (what: string): ArgumentError =>
  new ArgumentError(`ONNX export does not support ${what}.`, { remedy: 'Export a generator of MUNIT or UNIT.' });

/** The output of a network whose parameters lie at `path`. @throws ArgumentError for an op without an ONNX form here */
export function emit(emitter: Emitter, node: LayerNode, path: string, x: Value): Value {
  const { graph } = emitter;
  const part = (child: Part, y: Value): Value => emit(emitter, child.node, joinPath(path, child.key), y);
  switch (node.op) {
    case 'convolution':
      return convolution(emitter, node, path, x);
    case 'dense':
      return dense(emitter, node, path, x);
    case 'norm':
      return norm(emitter, node, path, x);
    case 'activation':
      return activation(emitter, node, path, x);
    case 'pool':
      return pool(emitter, node, x);
    case 'globalAveragePool':
      return graph.node('GlobalAveragePool', [x]);
    case 'flatten':
      return graph.node('Flatten', [x], { axis: 1 });
    case 'colours':
      return colours(emitter, node, x);
    case 'sequence':
      return node.parts.reduce((y, child) => part(child, y), x);
    case 'residual':
      return graph.node('Add', [part(node.body, x), x]);
    case 'scales':
    case 'generator':
      throw unsupported(`a node '${node.op}' as one graph`);
    default:
      return node satisfies never;
  }
}

/** Upsampling by repetition, padding, convolution. */
function convolution({ graph, weight }: Emitter, { upsample, padding, padMode, stride, kernel, spectral }: ConvolutionNode, path: string, x: Value): Value {
  if (spectral) throw unsupported('spectral norm');
  const scales = (): Value => graph.floats(`scales_${upsample}`, [4], Float32Array.of(1, 1, upsample, upsample));
  const large =
    upsample === 1
      ? x
      : graph.node('Resize', [x, '', scales()], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' });
  const pads = [0, 0, padding, padding, 0, 0, padding, padding];
  const padded = padding === 0 ? large : graph.node('Pad', [large, graph.integers(pads)], { mode: PAD_MODES[padMode] });
  return graph.node('Conv', [padded, weight(`${path}.weight`), weight(`${path}.bias`)], { kernel_shape: [kernel, kernel], strides: [stride, stride] });
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
      throw unsupported(`the norm '${node.norm}'`);
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

function pool({ graph }: Emitter, { take, size, stride, padding }: PoolNode, x: Value): Value {
  const window = { kernel_shape: [size, size], strides: [stride, stride], pads: [padding, padding, padding, padding] };
  return take === 'max' ? graph.node('MaxPool', [x], window) : graph.node('AveragePool', [x], { ...window, count_include_pad: 0 });
}

function colours({ graph }: Emitter, { from, gain, offset }: ColoursNode, x: Value): Value {
  const matrix = Float32Array.from(from.flatMap((source, c) => [0, 1, 2].map((channel) => (channel === source ? (gain[c] as number) : 0))));
  return graph.node('Conv', [x, graph.floats('colours_weight', [3, 3, 1, 1], matrix), graph.floats('colours_bias', [3], Float32Array.from(offset))], {
    kernel_shape: [1, 1],
    strides: [1, 1],
  });
}
