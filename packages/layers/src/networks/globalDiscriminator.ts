/** A discriminator with one score for the whole image, which stands beside those of patches (imaginaire's MUNIT). */
import { convolution } from '../blocks/convolution.js';
import { activationNode, type LayerNode, type Part, part, type PoolNode, sequence, type SequenceNode } from '../describe/nodes.js';
import type { SpecsOf } from '../parameters/spec.js';
import type { ConvolutionParams } from '../parameters/weighted.js';
import type { DiscriminatorArchitecture } from './architecture.js';

/** Parameters of a residual block that halves its map. */
export type GlobalBlockParams = {
  /** 3×3. */
  readonly first: ConvolutionParams;
  /** 3×3, before the pooling. */
  readonly second: ConvolutionParams;
  /** 1×1 beside both, behind a pooling. */
  readonly shortcut: ConvolutionParams;
};

/** Parameters of the network that judges whole images. */
export type GlobalDiscriminatorParams = {
  /** 3×3, inputDim to dim. */
  readonly first: ConvolutionParams;
  /** nLayer residual blocks, each halving the map. */
  readonly blocks: readonly GlobalBlockParams[];
  /** 1×1 after the global average, to one score. */
  readonly last: ConvolutionParams;
};

const halving: PoolNode = { op: 'pool', take: 'average', size: 2, stride: 2, padding: 0 };
const bare = (node: LayerNode | undefined): Part[] => (node === undefined ? [] : [{ key: '', name: '', node }]);

/** Doublings of the channels, at most. */
const widest = 3;

/**
 * 3×3 to dim, then nLayer blocks pool(conv(f(conv(f(x))))) + conv(pool(x)) of 3×3 and, in the shortcut, 1×1, which double the channels up to 8 dim, then f,
 * the mean over the map and 1×1 to one score: [N, H, W, inputDim] -> [N, 1, 1, 1]. f is the activation, pool the mean of 2×2 (Miyato et al. 2018, figure 10b).
 */
export function globalDiscriminator({ inputDim, dim, nLayer, norm, activation, padMode }: DiscriminatorArchitecture): {
  readonly specs: SpecsOf<GlobalDiscriminatorParams>;
  readonly node: SequenceNode;
} {
  const spectral = norm === 'sn';
  const three = (inChannels: number, outChannels: number) => convolution({ inChannels, outChannels, kernel: 3, padding: 1, padMode, spectral });
  const one = (inChannels: number, outChannels: number) => convolution({ inChannels, outChannels, kernel: 1, spectral });
  const width = (level: number): number => dim * 2 ** Math.min(level, widest);
  const act = bare(activationNode(activation));
  const first = three(inputDim, dim);
  const blocks = Array.from({ length: nLayer }, (_, i) => ({ first: three(width(i), width(i)), second: three(width(i), width(i + 1)), shortcut: one(width(i), width(i + 1)) }));
  const last = one(width(nLayer), 1);
  const blockNode = ({ first: own, second, shortcut }: (typeof blocks)[number]): LayerNode => ({
    op: 'residual',
    body: { key: '', name: '', node: sequence([...act, part('first', 'conv1', own), ...act, part('second', 'conv2', second), ...bare(halving)]) },
    shortcut: { key: '', name: '', node: sequence([...bare(halving), part('shortcut', 'shortcut', shortcut)]) },
  });
  return {
    specs: { first: first.specs, blocks: blocks.map((block) => ({ first: block.first.specs, second: block.second.specs, shortcut: block.shortcut.specs })), last: last.specs },
    node: sequence([
      part('first', 'first', first),
      ...blocks.map((block, i): Part => ({ key: `blocks.${i}`, name: `blocks.${i}`, node: blockNode(block) })),
      ...act,
      ...bare({ op: 'globalAveragePool' }),
      part('last', 'last', last),
    ]),
  };
}
