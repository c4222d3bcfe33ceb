/** Sizes of all maps of a network for one size of image: what estimates of memory and work are made from. */
import { ArgumentError } from '@munit/core';
import type { ConvolutionNode, LayerNode, PoolNode } from './nodes.js';
import { type BranchesStep, type Step, stepsOf } from './steps.js';

/** One sample's map; features have a height and width of 1. */
export interface MapSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Channels, or features. */
  readonly channels: number;
}

/** A step other than a residual sum, with the maps that go in and out. Of branches, it is the joining of their outputs. */
export interface TracedStep {
  /** What is computed. */
  readonly step: Exclude<Step, { readonly kind: 'residual' }>;
  /** What goes in. */
  readonly input: MapSize;
  /** What comes out. */
  readonly output: MapSize;
}

/** Rows that come out of `size` of them, or columns where the kernel is square. */
export const convolvedSize = ({ kernel, stride, padding, upsample }: Pick<ConvolutionNode, 'kernel' | 'stride' | 'padding' | 'upsample'>, size: number): number =>
  Math.floor((size * upsample + 2 * padding - kernel) / stride) + 1;

/** Rows or columns that come out of `size` of them under a window. A partial last window must begin inside the image. */
export function pooledSize({ size: window, stride, padding, partial = false }: PoolNode, size: number): number {
  const steps = (size + 2 * padding - window) / stride;
  if (!partial) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Values of a map. */
export const valuesOf = ({ height, width, channels }: MapSize): number => height * width * channels;

/** The output of one step. @throws ArgumentError where the input has other channels than the step takes */
function outputOf(step: Exclude<TracedStep['step'], BranchesStep>, input: MapSize): MapSize {
  const node = step.kind === 'weighted' ? step.weight.node : step.op.node;
  const { height, width, channels } = input;
  switch (node.op) {
    case 'convolution':
      if (channels !== node.inChannels) {
        throw new ArgumentError(`A convolution of ${node.inChannels} channels cannot follow a map of ${channels}.`, { remedy: 'Correct the description of the network.' });
      }
      return {
        height: convolvedSize(node, height),
        width: convolvedSize({ ...node, kernel: node.kernelWidth ?? node.kernel }, width),
        channels: node.outChannels,
      };
    case 'transposedConvolution': {
      if (channels !== node.inChannels) {
        throw new ArgumentError(`A transposed convolution of ${node.inChannels} channels cannot follow a map of ${channels}.`, { remedy: 'Correct the description of the network.' });
      }
      const spread = (size: number): number => (size - 1) * node.stride - 2 * node.padding + node.kernel + node.outputPadding;
      return { height: spread(height), width: spread(width), channels: node.outChannels };
    }
    case 'dense':
      return { height: 1, width: 1, channels: node.outFeatures };
    case 'pool':
      return { height: pooledSize(node, height), width: pooledSize(node, width), channels };
    case 'blurPool':
      return { height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels };
    case 'pad':
      return { height: height + 2 * node.rows, width: width + 2 * node.columns, channels };
    case 'upsample':
      return { height: node.factor * height, width: node.factor * width, channels };
    case 'appendCode':
      return { height, width, channels: channels + node.channels };
    case 'globalAveragePool':
    case 'flatten':
      return { height: 1, width: 1, channels };
    case 'colours':
      return { height, width, channels: 3 };
    case 'norm':
    case 'activation':
    case 'dropout':
      return input;
    default:
      return node satisfies never;
  }
}

/** The steps of a chain and the map that comes out of it. */
interface Walk {
  readonly steps: readonly TracedStep[];
  readonly output: MapSize;
}

function walk(steps: readonly Step[], input: MapSize): Walk {
  const traced: TracedStep[] = [];
  let current = input;
  const within = (own: readonly Step[]): MapSize => {
    const { steps: inner, output } = walk(own, current);
    traced.push(...inner);
    return output;
  };
  for (const step of steps) {
    if (step.kind === 'residual') {
      const output = within(step.body);
      if (step.shortcut !== undefined) within(step.shortcut);
      current = output;
      continue;
    }
    const output = step.kind === 'branches' ? joined(step.branches.map(within)) : outputOf(step, current);
    traced.push({ step, input: current, output });
    current = output;
  }
  return { steps: traced, output: current };
}

/** Maps behind one another along the channels. @throws ArgumentError where they differ in size */
function joined(maps: readonly MapSize[]): MapSize {
  const [first] = maps;
  if (first === undefined || maps.some(({ height, width }) => height !== first.height || width !== first.width)) {
    const sizes = maps.map(({ height, width }) => `${height}×${width}`).join(', ');
    throw new ArgumentError(`Branches must give maps of one size, but theirs are ${sizes === '' ? 'none' : sizes}.`, {
      remedy: 'Use an image whose sides can be halved as often as the network does.',
    });
  }
  return { ...first, channels: maps.reduce((sum, { channels }) => sum + channels, 0) };
}

/**
 * All steps of a chain of ops in the order in which they run, those of residual bodies and of branches among them.
 * @throws ArgumentError for a description whose channels do not fit together, or branches whose maps differ in size
 */
export const traceSteps = (steps: readonly Step[], input: MapSize): TracedStep[] => [...walk(steps, input).steps];

/** `traceSteps` of a description. */
export const trace = (node: LayerNode, input: MapSize): TracedStep[] => traceSteps(stepsOf(node), input);

/** The map that comes out of a description. @throws ArgumentError as `trace` */
export const outputSize = (node: LayerNode, input: MapSize): MapSize => walk(stepsOf(node), input).output;
