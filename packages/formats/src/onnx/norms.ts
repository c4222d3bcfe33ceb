/** MUNIT's norms in ONNX. Values are [N, C, H, W]. */
import type { NormNode } from '@munit/layers';
import type { GraphBuilder, Value } from './graph.js';

type Norm = Pick<NormNode, 'channels' | 'epsilon'>;

/** (x − mean) / sqrt(variance + ε), each sample and channel over H and W. */
export function instanceNorm(graph: GraphBuilder, x: Value, { channels, epsilon }: Norm): Value {
  const ones = graph.floats(`ones_${channels}`, [channels], new Float32Array(channels).fill(1));
  const zeros = graph.floats(`zeros_${channels}`, [channels], new Float32Array(channels));
  return graph.node('InstanceNormalization', [x, ones, zeros], { epsilon });
}

/** Columns [from, from + count) of [N, F], as [N, count, 1, 1]. */
function columns(graph: GraphBuilder, style: Value, from: number, count: number): Value {
  const part = graph.node('Slice', [style, graph.integers([from]), graph.integers([from + count]), graph.integers([1])]);
  return graph.node('Unsqueeze', [part, graph.integers([2, 3])]);
}

/** Instance norm, then scale and shift from the style vector: per layer its shifts come first, then its scales. */
export function adaIn(graph: GraphBuilder, x: Value, norm: Norm, style: Value, from: number): Value {
  const { channels } = norm;
  const shift = columns(graph, style, from, channels);
  const scale = columns(graph, style, from + channels, channels);
  return graph.node('Add', [graph.node('Mul', [instanceNorm(graph, x, norm), scale]), shift]);
}

/**
 * The mean over W, then H, then C: [N, 1, 1, 1]. In one step, runtimes add up to millions of values in one float32 sum,
 * and the image is off by 1e-3; in stages by 4e-6.
 */
function stagedMean(graph: GraphBuilder, x: Value): Value {
  return [3, 2, 1].reduce((y, axis) => graph.node('ReduceMean', [y], { axes: [axis], keepdims: 1 }), x);
}

/** n / (n − 1) for the n = C·H·W values of a sample: from the biased variance to the unbiased. */
function unbiased(graph: GraphBuilder, x: Value): Value {
  const sizes = graph.node('Shape', [x], { start: 1 });
  const n = graph.node('Cast', [graph.node('ReduceProd', [sizes], { keepdims: 0 })], { to: 1 });
  return graph.node('Div', [n, graph.node('Sub', [n, graph.scalar(1)])]);
}

/** MUNIT's own: (x − mean) / (unbiased deviation + ε) over C, H, W of each sample, then scale and shift per channel. */
export function layerNorm(graph: GraphBuilder, x: Value, { channels, epsilon }: Norm, scale: Value, shift: Value): Value {
  const centred = graph.node('Sub', [x, stagedMean(graph, x)]);
  const variance = graph.node('Mul', [stagedMean(graph, graph.node('Mul', [centred, centred])), unbiased(graph, x)]);
  const deviation = graph.node('Add', [graph.node('Sqrt', [variance]), graph.scalar(epsilon)]);
  const perChannel = (value: Value): Value => graph.node('Reshape', [value, graph.integers([1, channels, 1, 1])]);
  const normalized = graph.node('Div', [centred, deviation]);
  return graph.node('Add', [graph.node('Mul', [normalized, perChannel(scale)]), perChannel(shift)]);
}
