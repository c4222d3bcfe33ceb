/** Runs a description node by node, without fusing anything, by ops chosen from the nodes' own constants: what layers are held against. */
import { activate, add, averagePool2d, batchNormalize, blurPool2d, concatChannels, conv2d, expandOverPixels, globalAveragePool, linear, maxPool2d, normalize, pad2d, type Params, prelu, reshape, resizeBilinear2d, sliceFeatures, spectralNormalize, type Tensor, tensor, type Tensor1D, type Tensor2D, type Tensor4D, transposedConv2d, treeEntries } from '@munit/core';
import { expect } from 'vitest';
import { type ActivationNode, joinPath, type LayerNode } from '../src/index.js';

/** The parameter at a path. */
export type Lookup = (path: string) => Tensor;

export const lookupIn = (params: Params): Lookup => {
  const all = new Map(treeEntries<Tensor>(params).map(({ path, leaf }) => [path, leaf]));
  return (path) => {
    const found = all.get(path);
    if (found === undefined) throw new Error(`the description names '${path}', and the parameters have ${[...all.keys()].join(', ')}`);
    return found;
  };
};

/** The map behind each part with a tap. */
export type Taps = Map<string, Tensor>;

interface Style {
  readonly vector: Tensor2D | undefined;
  at: number;
  readonly code?: Tensor2D;
}

/** The output of a node whose parameters lie at `path`. */
export function interpret(node: LayerNode, path: string, get: Lookup, x: Tensor, style: Style, taps: Taps = new Map()): Tensor {
  const weight = (spectral: boolean): Tensor => {
    const raw = get(joinPath(path, 'weight'));
    return spectral ? spectralNormalize(raw, { u: own('spectral.u'), v: own('spectral.v') }) : raw;
  };
  const own = (name: string): Tensor1D => get(joinPath(path, name)) as Tensor1D;
  switch (node.op) {
    case 'convolution': {
      const { stride, padding, padMode, upsample } = node;
      return conv2d(x as Tensor4D, weight(node.spectral) as Tensor4D, node.bias === false ? undefined : own('bias'), { stride, pad: { mode: padMode, size: padding }, upsample });
    }
    case 'dense':
      return linear(x as Tensor2D, weight(node.spectral) as Tensor2D, own('bias'));
    case 'norm': {
      const [n, f] = x.shape as [number, number];
      const image = x.rank === 4 ? (x as Tensor4D) : reshape<Tensor4D>(x, node.norm === 'in' ? [n, f, 1, 1] : [n, 1, 1, f]);
      let affine: { readonly scale?: Tensor1D | Tensor2D; readonly shift?: Tensor1D | Tensor2D } = {};
      if (node.norm === 'ln' || node.norm === 'bn') affine = { scale: own('scale'), shift: own('shift') };
      if (node.norm === 'adain') {
        const vector = style.vector as Tensor2D;
        affine = { shift: sliceFeatures(vector, style.at, node.channels), scale: sliceFeatures(vector, style.at + node.channels, node.channels) };
        style.at += 2 * node.channels;
      }
      if (node.running === true) return batchNormalize(image, { mean: own('running.mean'), variance: own('running.variance'), scale: own('scale'), shift: own('shift'), epsilon: node.epsilon });
      return reshape(normalize(image, { over: node.over, epsilon: node.epsilon, ...affine }), x.shape);
    }
    case 'activation': {
      if (node.activation === 'prelu') return prelu(x, get(path) as Tensor1D);
      const y = activate(x, node.activation);
      expectConstants(node, x, y);
      return y;
    }
    case 'transposedConvolution': {
      const { stride, padding, outputPadding } = node;
      return transposedConv2d(x as Tensor4D, weight(false) as Tensor4D, node.bias === false ? undefined : own('bias'), { stride, padding, outputPadding });
    }
    case 'pool': {
      const { size, stride, padding } = node;
      if (node.take === 'max') return maxPool2d(x as Tensor4D, { size, stride, padding, partial: node.partial === true });
      return averagePool2d(x as Tensor4D, { size, stride, padding, countIncludePad: node.countIncludePad === true });
    }
    case 'blurPool':
      return blurPool2d(x as Tensor4D, { size: node.size });
    case 'pad':
      return pad2d(x as Tensor4D, { mode: node.padMode, rows: node.rows, columns: node.columns });
    case 'upsample':
      return resizeBilinear2d(x as Tensor4D, { height: node.factor * (x.shape[1] as number), width: node.factor * (x.shape[2] as number), alignCorners: node.alignCorners });
    case 'dropout':
      return x;
    case 'appendCode':
      return concatChannels([x as Tensor4D, expandOverPixels(style.code as Tensor2D, x.shape[1] as number, x.shape[2] as number)]);
    case 'branches':
      return concatChannels(node.branches.map((branch) => interpret(branch.node, joinPath(path, branch.key), get, x, style, taps)));
    case 'globalAveragePool':
      return reshape(globalAveragePool(x as Tensor4D), [x.shape[0], 1, 1, x.shape[3] as number]);
    case 'flatten':
      return reshape(x, [x.shape[0], x.size / x.shape[0]]);
    case 'colours': {
      const { from, gain, offset } = node;
      const rows = [0, 1, 2].flatMap((channel) => from.map((source, c) => (source === channel ? (gain[c] as number) : 0)));
      return conv2d(x as Tensor4D, tensor(rows, [1, 1, 3, 3]), tensor([...offset], [3]));
    }
    case 'sequence': {
      let y = x;
      for (const part of node.parts) {
        y = interpret(part.node, joinPath(path, part.key), get, y, style, taps);
        if (part.tap !== undefined) taps.set(part.tap, y);
      }
      return y;
    }
    case 'residual':
      return add(
        interpret(node.body.node, joinPath(path, node.body.key), get, x, style, taps),
        node.shortcut === undefined ? x : interpret(node.shortcut.node, joinPath(path, node.shortcut.key), get, x, style, taps),
      );
    default:
      throw new Error(`${node.op} is not one chain`);
  }
}

/** The node's own constants make of x what the op made of it. */
function expectConstants({ activation, slope, selu }: ActivationNode, x: Tensor, y: Tensor): void {
  if (activation === 'tanh') return;
  const given = x.dataSync();
  const negative = (v: number): number => (selu === undefined ? v * (slope as number) : selu.scale * selu.alpha * Math.expm1(v));
  const worst = Array.from(y.dataSync()).reduce((most, value, i) => {
    const v = given[i] as number;
    const expected = v > 0 ? v * (selu?.scale ?? 1) : negative(v);
    return Math.max(most, Math.abs(value - expected) / (1e-3 + Math.abs(expected)));
  }, 0);
  expect(worst).toBeLessThan(1e-5);
}
