/** How much memory a run will need, before it starts. */
import { countParameters, type LayerNode, type MapSize, type Part, type PoolNode, stepsOf, trace, traceSteps, valuesOf, vgg16 } from '@munit/layers';
import type { TrainingConfig } from './config/schema.js';
import { publishedNetworks } from './methods/create.js';

/** The memory that a run needs, in bytes. */
export interface MemoryEstimate {
  /** Parameters, gradients, Adam's moments and the average. */
  readonly weightsBytes: number;
  /** What the generators' update keeps for its backward pass: the peak of a step. */
  readonly activationsBytes: number;
  /** Both. */
  readonly totalBytes: number;
}

const BYTES = 4;
/** A parameter, its gradient and its two moments. */
const COPIES = 4;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Estimates the peak from the descriptions of the networks: every output that the backward pass reads, of every pass of a step, at
 * the size of the crop. Scratch memory and the process itself (some hundred megabytes) are not in it:
 * at 256×256, width 64, it says 2.0 GB where a process that only steps peaked at 2.6 GB resident, and one that also saves at 4.3 GB.
 */
export function estimateMemory(config: TrainingConfig): MemoryEstimate {
  const weightsBytes = BYTES * weights(config);
  const activationsBytes = BYTES * config.batch_size * activations(config);
  return { weightsBytes, activationsBytes, totalBytes: weightsBytes + activationsBytes };
}

function weights(config: TrainingConfig): number {
  const averaged = config.ema_half_life_images > 0;
  return sum(publishedNetworks(config).map(({ part, layer }) => (COPIES + (averaged && part === 'gen' ? 1 : 0)) * countParameters(layer)));
}

/** Values of one sample that the generators' update keeps, of all passes through all networks. */
function activations(config: TrainingConfig): number {
  const { crop_image_height: height, crop_image_width: width } = config;
  const cycle = config.recon_x_cyc_w > 0 ? 1 : 0;
  const networks = publishedNetworks(config).map(({ layer }) => keptBy(layer.describe(), { height, width }, cycle));
  const features = vgg16({ features: config.vgg_layer }).describe();
  // Of the translations and their sources.
  const perceptual = config.vgg_w > 0 ? 4 * kept(features, { height, width, channels: 3 }) : 0;
  return sum(networks) + perceptual;
}

/** Height and width of an image. */
type Extent = Pick<MapSize, 'height' | 'width'>;

/** What one network keeps in all its passes of a step. */
function keptBy(node: LayerNode, size: Extent, cycle: number): number {
  if (node.op === 'generator') {
    const { contentEncoder, styleEncoder, decoder } = node.roles;
    const image = imageFor(contentEncoder, size);
    const content = trace(contentEncoder.node, image).at(-1)?.output ?? image;
    // Images and translations are encoded; a reconstruction, a translation and a cycle are decoded.
    const encoded = kept(contentEncoder.node, image) + (styleEncoder === undefined ? 0 : kept(styleEncoder.node, image));
    return 2 * encoded + (2 + cycle) * kept(decoder.node, content);
  }
  if (node.op !== 'scales') return 0;
  let at = size;
  return sum(
    node.scales.map((scale, i) => {
      if (i > 0) at = pooled(node.pool, at);
      return kept(scale.node, imageFor(scale, at));
    }),
  );
}

/** Every op's output: of a weight with a norm, the convolution's and the normalised one. */
const kept = (node: LayerNode, input: MapSize): number =>
  sum(trace(node, input).map(({ step, output }) => valuesOf(output) * (step.kind === 'weighted' && step.norm !== undefined ? 2 : 1)));

const pooled = (pool: PoolNode, { height, width }: Extent): Extent => {
  const image = { height, width, channels: 1 };
  return traceSteps([{ kind: 'op', op: { node: pool, path: '' }, tap: undefined }], image)[0]?.output ?? image;
};

/** An image of as many channels as a network takes. */
function imageFor({ node }: Part, size: Extent): MapSize {
  const first = stepsOf(node)[0];
  const channels = first?.kind === 'weighted' && first.weight.node.op === 'convolution' ? first.weight.node.inChannels : 3;
  return { ...size, channels };
}
