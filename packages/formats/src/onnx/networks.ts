/** MUNIT's networks in ONNX. */
import type { ContentEncoder, Decoder, Mlp, StyleEncoder } from '@munit/layers';
import { emitConvBlock, emitConvolution, type Emitter, emitLinearBlock, emitResidualBlock } from './blocks.js';
import type { Value } from './graph.js';

/** image [N, C, H, W] -> content [N, c, H / 2^n, W / 2^n], rounded down */
export function emitContentEncoder(emitter: Emitter, layer: ContentEncoder, path: string, image: Value): Value {
  const first = emitConvBlock(emitter, layer.first, `${path}.first`, image);
  const down = layer.down.reduce((x, block, i) => emitConvBlock(emitter, block, `${path}.down.${i}`, x), first);
  return layer.residual.reduce((x, block, i) => emitResidualBlock(emitter, block, `${path}.residual.${i}`, x), down);
}

/** image [N, C, H, W] -> style [N, styleDim] */
export function emitStyleEncoder(emitter: Emitter, layer: StyleEncoder, path: string, image: Value): Value {
  const { graph } = emitter;
  const first = emitConvBlock(emitter, layer.first, `${path}.first`, image);
  const down = layer.down.reduce((x, block, i) => emitConvBlock(emitter, block, `${path}.down.${i}`, x), first);
  const code = emitConvolution(emitter, layer.last, `${path}.last`, graph.node('GlobalAveragePool', [down]));
  return graph.node('Flatten', [code], { axis: 1 });
}

/** style [N, styleDim] -> AdaIN parameters [N, F] */
export function emitMlp(emitter: Emitter, layer: Mlp, path: string, style: Value): Value {
  return layer.layers.reduce((x, block, i) => emitLinearBlock(emitter, block, `${path}.layers.${i}`, x), style);
}

/** content [N, c, h, w] (and AdaIN parameters [N, F]) -> image [N, C, h · 2^n, w · 2^n] in [−1, 1] */
export function emitDecoder(emitter: Emitter, layer: Decoder, path: string, content: Value, adaIn?: Value): Value {
  let from = 0;
  const residual = layer.residual.reduce((x, block, i) => {
    const style = adaIn === undefined ? undefined : { style: adaIn, from };
    from += block.adaInCount;
    return emitResidualBlock(emitter, block, `${path}.residual.${i}`, x, style);
  }, content);
  const up = layer.up.reduce((x, block, i) => emitConvBlock(emitter, block, `${path}.up.${i}`, x), residual);
  return emitConvBlock(emitter, layer.last, `${path}.last`, up);
}
