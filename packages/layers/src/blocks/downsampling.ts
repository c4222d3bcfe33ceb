/** How encoders halve an image: by the stride of a 4×4 convolution, or without aliases. */
import type { LayerNode, Part } from '../describe/nodes.js';
import { type ConvBlock, convBlock, type ConvBlockOptions } from './convBlock.js';

/** Options of `downsampling`; the convolution's own sizes are given by it. */
export interface DownsamplingOptions extends Pick<ConvBlockOptions, 'inChannels' | 'outChannels' | 'norm' | 'activation' | 'padMode'> {
  /** A 3×3 convolution at stride 1, then a blur with every second pixel kept (Zhang 2019), rather than 4×4 at stride 2. */
  readonly blur: boolean;
}

/** The block of which encoders are made: 4×4 at stride 2, as published, or antialiased. */
export function downsampling({ blur, ...options }: DownsamplingOptions): Pick<ConvBlock, 'kind' | 'specs' | 'init' | 'describe'> {
  if (!blur) return convBlock({ ...options, kernel: 4, stride: 2, padding: 1 });
  const block = convBlock({ ...options, kernel: 3, padding: 1 });
  const { kind, specs, init } = block;
  return { kind, specs, init, describe: () => followedBy(block.describe(), { key: '', name: '', node: { op: 'blurPool', channels: options.outChannels, size: 3 } }) };
}

function followedBy(node: LayerNode, last: Part): LayerNode {
  if (node.op !== 'sequence') return node;
  return { ...node, parts: [...node.parts, last], ...(node.registered === undefined ? {} : { registered: [...node.registered, last] }) };
}
