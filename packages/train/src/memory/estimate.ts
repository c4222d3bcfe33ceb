/** How much memory a run will need, before it starts. */
import { countParameters, type LayerNode, type MapSize, type Part, partsOf, type PoolNode, segmentsOf, type Step, stepsOf, traceSteps, valuesOf, vgg16 } from '@munit/layers';
import type { TrainingConfig } from '../config/schema.js';
import { publishedNetworks } from '../methods/create.js';

/** The memory that a run needs, in bytes. */
export interface MemoryEstimate {
  /** Parameters, gradients, Adam's moments and the average. */
  readonly weightsBytes: number;
  /** What the generators' update keeps for its backward pass: the peak of a step. */
  readonly activationsBytes: number;
  /** Both: what the device must have. */
  readonly totalBytes: number;
  /** Transformed copies of filters that the device `simd` keeps while it has room for them. */
  readonly filtersBytes: number;
  /** The whole process in Node on the device `simd` at its peak, which is the saving of a checkpoint. */
  readonly processBytes: number;
}

/** How the run goes about it. */
export interface EstimateOptions {
  /** Networks are computed again in the backward pass rather than kept. Default false. */
  readonly recompute?: boolean | undefined;
}

const BYTES = 4;
/** A parameter, its gradient and its two moments. */
const COPIES = 4;
/** Winograd's F(4×4, 3×3) makes 36 numbers of 9; other filters are packed, of those of strided layers some twice (measured: 1.5). */
const TRANSFORMED = { winograd: 4, packed: 1.5 };
/** The device `simd` keeps an eighth of WebAssembly's 4 GiB for them. */
const MOST_FILTERS = 2 ** 29;
/** Node, the libraries, images and logs (measured: 184 MiB). */
const PROCESS = 184 * 2 ** 20;
/** A checkpoint in memory while it is saved: its numbers, the file's bytes, and what the checks make of them (measured: 2.2). */
const SAVING = 2.2;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Estimates the peak from the descriptions of the networks: every output that the backward pass reads, of every pass of a step, at
 * the size of the crop; with `recompute` only the outputs of segments, and the inside of the largest one.
 *
 * The constants are measured, on Linux with Node 20: a process at 32×32 (preset `quick`) peaked at 296 MiB, at 64×64 with width 24 at
 * 618 MiB, at 256×256 with width 64 at 4.3 GB.
 */
export function estimateMemory(config: TrainingConfig, { recompute = false }: EstimateOptions = {}): MemoryEstimate {
  const { weightsBytes, checkpointBytes, filtersBytes } = weights(config);
  const activationsBytes = BYTES * config.batch_size * activations(config, recompute);
  const totalBytes = weightsBytes + activationsBytes;
  return { weightsBytes, activationsBytes, totalBytes, filtersBytes, processBytes: Math.round(PROCESS + totalBytes + filtersBytes + SAVING * checkpointBytes) };
}

interface WeightBytes {
  readonly weightsBytes: number;
  readonly checkpointBytes: number;
  readonly filtersBytes: number;
}

function weights(config: TrainingConfig): WeightBytes {
  const averaged = config.ema_half_life_images > 0;
  const networks = publishedNetworks(config);
  const copies = (count: number): number => BYTES * sum(networks.map(({ part, layer }) => (count + (averaged && part === 'gen' ? 1 : 0)) * countParameters(layer)));
  const features = config.vgg_w > 0 ? [perceptualNetwork(config)] : [];
  const filters = BYTES * sum([...networks.map(({ layer }) => layer.describe()), ...features].map(transformedFilters));
  return {
    weightsBytes: copies(COPIES) + BYTES * sum(features.map(filterValues)),
    // All but the gradients.
    checkpointBytes: copies(COPIES - 1),
    filtersBytes: Math.min(MOST_FILTERS, filters),
  };
}

/** Values of one sample that the generators' update keeps, of all passes through all networks. */
function activations(config: TrainingConfig, recompute: boolean): number {
  const { crop_image_height: height, crop_image_width: width } = config;
  // Decodings besides a reconstruction and a translation: the cycle, and a second translation where modes are sought.
  const cycle = (config.recon_x_cyc_w > 0 ? 1 : 0) + (config.mode_seeking_w > 0 ? 1 : 0);
  const passes = publishedNetworks(config).flatMap(({ layer }) => passesThrough(layer.describe(), { height, width }, cycle, passesInOnePiece(config)));
  // Of the translations; of their sources, which are constants, only the features are kept.
  const perceptual = config.vgg_w > 0 ? [{ node: perceptualNetwork(config), input: { height, width, channels: 3 }, times: 2, at: 1 }] : [];
  const all = [...passes, ...perceptual];
  if (!recompute) return sum(all.map(({ node, input, times }) => times * kept(stepsOf(node), input)));
  const segments = all.map(({ node, input, times, at }) => {
    const { ends, largest } = keptInSegments(node, input);
    return { ends: times * ends, largest: at * largest };
  });
  // While the largest segment is walked, a gradient and a padded copy of its maps exist beside it.
  return sum(segments.map(({ ends }) => ends)) + 1.5 * Math.max(...segments.map(({ largest }) => largest));
}

const perceptualNetwork = (config: TrainingConfig): LayerNode => vgg16({ features: config.vgg_layer }).describe();

/** Height and width of an image. */
type Extent = Pick<MapSize, 'height' | 'width'>;

/** How often a step goes through a chain of ops. */
interface Pass {
  readonly node: LayerNode;
  readonly input: MapSize;
  readonly times: number;
  /** Of these, in one batch. */
  readonly at: number;
}

/**
 * Of networks in one piece: CycleGAN's generators make translations and identities at once, and then cycles; BicycleGAN's generator and
 * encoder go twice over half a batch.
 */
const passesInOnePiece = ({ trainer, lambda_identity }: TrainingConfig): Pick<Pass, 'times' | 'at'> => {
  if (trainer === 'BicycleGAN') return { times: 1, at: 1 };
  return lambda_identity > 0 ? { times: 3, at: 2 } : { times: 2, at: 1 };
};

/** All passes of a step through one network. */
function passesThrough(node: LayerNode, size: Extent, cycle: number, whole: Pick<Pass, 'times' | 'at'>): Pass[] {
  if (node.op === 'generator') {
    const { contentEncoder, styleEncoder, decoder } = node.roles;
    const image = imageFor(contentEncoder, size);
    const content = traceSteps(stepsOf(contentEncoder.node), image).at(-1)?.output ?? image;
    // Images and translations are encoded; a reconstruction, a translation and a cycle are decoded.
    return [
      { node: contentEncoder.node, input: image, times: 2, at: 1 },
      ...(styleEncoder === undefined ? [] : [{ node: styleEncoder.node, input: image, times: 2, at: 1 }]),
      { node: decoder.node, input: content, times: 2 + cycle, at: 2 },
    ];
  }
  if (node.op !== 'scales') return [{ node, input: imageFor({ key: '', name: '', node }, size), ...whole }];
  let at = size;
  const once = (part: Part, extent: Extent): Pass => ({ node: part.node, input: imageFor(part, extent), times: 1, at: 1 });
  const scales = node.scales.map((scale, i) => {
    if (i > 0) at = pooled(node.pool, at);
    return once(scale, at);
  });
  return node.whole === undefined ? scales : [...scales, once(node.whole, size)];
}

/** Every op's output: of a weight with a norm, the convolution's and the normalised one. */
const kept = (steps: readonly Step[], input: MapSize): number =>
  sum(traceSteps(steps, input).map(({ step, output }) => valuesOf(output) * (step.kind === 'weighted' && step.norm !== undefined ? 2 : 1)));

/** What is kept where segments are computed again: their results; and the inside of the largest one, while it is walked. */
function keptInSegments(node: LayerNode, input: MapSize): { readonly ends: number; readonly largest: number } {
  let at = input;
  const segments = segmentsOf(stepsOf(node)).map((steps) => {
    const inside = kept(steps, at);
    at = traceSteps(steps, at).at(-1)?.output ?? at;
    return { end: valuesOf(at), inside };
  });
  return { ends: sum(segments.map(({ end }) => end)), largest: Math.max(...segments.map(({ inside }) => inside)) };
}

const pooled = (pool: PoolNode, { height, width }: Extent): Extent => {
  const image = { height, width, channels: 1 };
  return traceSteps([{ kind: 'op', op: { node: pool, path: '' }, tap: undefined }], image)[0]?.output ?? image;
};

/** An image of as many channels as a network takes. */
function imageFor({ node }: Part, size: Extent): MapSize {
  const [first, second] = stepsOf(node);
  // A code is appended before the first convolution, or not at all.
  const code = first?.kind === 'op' && first.op.node.op === 'appendCode' ? first.op.node.channels : 0;
  const convolution = code > 0 ? second : first;
  const channels = convolution?.kind === 'weighted' && convolution.weight.node.op === 'convolution' ? convolution.weight.node.inChannels - code : 3;
  return { ...size, channels };
}

/** The weights of all convolutions below a node. */
const convolutions = (node: LayerNode): { readonly values: number; readonly winograd: boolean }[] =>
  node.op === 'convolution'
    ? [{ values: node.kernel ** 2 * node.inChannels * node.outChannels, winograd: node.kernel === 3 && node.stride === 1 }]
    : partsOf(node).flatMap((part) => convolutions(part.node));

const filterValues = (node: LayerNode): number => sum(convolutions(node).map(({ values }) => values));

const transformedFilters = (node: LayerNode): number =>
  sum(convolutions(node).map(({ values, winograd }) => values * (winograd ? TRANSFORMED.winograd : TRANSFORMED.packed)));
