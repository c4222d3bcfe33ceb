/** MUNIT's blocks in ONNX. Values are [N, C, H, W]. */
import { ArgumentError } from '@munit/core';
import type { ConvBlock, Convolution, LayerActivation, LinearBlock, ResidualBlock } from '@munit/layers';
import type { GraphBuilder, Value } from './graph.js';
import { adaIn, instanceNorm, layerNorm, type StyleAt } from './norms.js';

/** Where weights come from: our path of a parameter, to the constant with PyTorch's layout. */
export interface Emitter {
  readonly graph: GraphBuilder;
  readonly weight: (path: string) => Value;
}

const LEAK = 0.2;
const PAD_MODES = { reflect: 'reflect', replicate: 'edge', zero: 'constant' } as const;

export function activate({ graph, weight }: Emitter, activation: LayerActivation, x: Value, path: string): Value {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return graph.node('Relu', [x]);
    case 'lrelu':
      return graph.node('LeakyRelu', [x], { alpha: LEAK });
    case 'prelu':
      return graph.node('PRelu', [x, weight(`${path}.slope`)]);
    case 'selu':
      return graph.node('Selu', [x]);
    case 'tanh':
      return graph.node('Tanh', [x]);
    default:
      return activation satisfies never;
  }
}

/** Upsampling by repetition, padding, convolution. */
export function emitConvolution({ graph, weight }: Emitter, layer: Convolution, path: string, x: Value): Value {
  const { upsample, padding, padMode, stride, kernel, spectral } = layer.options;
  if (spectral) {
    throw new ArgumentError('A convolution with spectral norm has no ONNX form here.', { remedy: 'Generators of MUNIT have none.' });
  }
  const scales = (): Value => graph.floats(`scales_${upsample}`, [4], Float32Array.of(1, 1, upsample, upsample));
  const large =
    upsample === 1
      ? x
      : graph.node('Resize', [x, '', scales()], {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        });
  const pads = [0, 0, padding, padding, 0, 0, padding, padding];
  const padded = padding === 0 ? large : graph.node('Pad', [large, graph.integers(pads)], { mode: PAD_MODES[padMode] });
  return graph.node('Conv', [padded, weight(`${path}.weight`), weight(`${path}.bias`)], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
  });
}

export function emitConvBlock(emitter: Emitter, layer: ConvBlock, path: string, x: Value, style?: StyleAt): Value {
  const { graph, weight } = emitter;
  const channels = layer.convolution.options.outChannels;
  const y = emitConvolution(emitter, layer.convolution, `${path}.conv`, x);
  const normalized = ((): Value => {
    switch (layer.norm) {
      case 'none':
        return y;
      case 'in':
        return instanceNorm(graph, y, channels);
      case 'adain':
        return adaIn(graph, y, channels, style);
      case 'ln':
        return layerNorm(graph, y, channels, weight(`${path}.norm.scale`), weight(`${path}.norm.shift`));
      default:
        throw new ArgumentError(`The norm '${layer.norm}' has no ONNX form here.`, { remedy: 'Generators of MUNIT have none, in, ln and adain.' });
    }
  })();
  return activate(emitter, layer.activation, normalized, path);
}

/** `from` is the first column of the style vector that is this block's. */
export function emitResidualBlock(emitter: Emitter, layer: ResidualBlock, path: string, x: Value, style?: StyleAt): Value {
  const second = style === undefined ? undefined : { style: style.style, from: style.from + layer.adaInCount / 2 };
  const y = emitConvBlock(emitter, layer.first, `${path}.first`, x, style);
  return emitter.graph.node('Add', [emitConvBlock(emitter, layer.second, `${path}.second`, y, second), x]);
}

/** x [N, in] -> [N, out] */
export function emitLinearBlock(emitter: Emitter, layer: LinearBlock, path: string, x: Value): Value {
  if (layer.options.norm !== 'none') {
    throw new ArgumentError(`A dense layer with the norm '${layer.options.norm}' has no ONNX form here.`);
  }
  const { graph, weight } = emitter;
  const y = graph.node('Gemm', [x, weight(`${path}.dense.weight`), weight(`${path}.dense.bias`)], { transB: 1 });
  return activate(emitter, layer.options.activation, y, path);
}
