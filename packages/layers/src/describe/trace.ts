/** Sizes of all maps of a network for one size of image: what estimates of memory and work are made from. */
import { ArgumentError } from '@munit/core';
import type { ConvolutionNode, LayerNode } from './nodes.js';
import { type Step, stepsOf } from './steps.js';

/** One sample's map; features have a height and width of 1. */
export interface MapSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Channels, or features. */
  readonly channels: number;
}

/** A step other than a residual sum, with the maps that go in and out. */
export interface TracedStep {
  /** What is computed. */
  readonly step: Exclude<Step, { readonly kind: 'residual' }>;
  /** What goes in. */
  readonly input: MapSize;
  /** What comes out. */
  readonly output: MapSize;
}

/** Rows or columns that come out of `size` of them. */
export const convolvedSize = ({ kernel, stride, padding, upsample }: Pick<ConvolutionNode, 'kernel' | 'stride' | 'padding' | 'upsample'>, size: number): number =>
  Math.floor((size * upsample + 2 * padding - kernel) / stride) + 1;

/** Values of a map. */
export const valuesOf = ({ height, width, channels }: MapSize): number => height * width * channels;

/** The output of one step. @throws ArgumentError where the input has other channels than the step takes */
function outputOf(step: TracedStep['step'], input: MapSize): MapSize {
  const node = step.kind === 'weighted' ? step.weight.node : step.op.node;
  const { height, width, channels } = input;
  switch (node.op) {
    case 'convolution':
      if (channels !== node.inChannels) {
        throw new ArgumentError(`A convolution of ${node.inChannels} channels cannot follow a map of ${channels}.`, { remedy: 'Correct the description of the network.' });
      }
      return { height: convolvedSize(node, height), width: convolvedSize(node, width), channels: node.outChannels };
    case 'dense':
      return { height: 1, width: 1, channels: node.outFeatures };
    case 'pool': {
      const pooled = (size: number): number => Math.floor((size + 2 * node.padding - node.size) / node.stride) + 1;
      return { height: pooled(height), width: pooled(width), channels };
    }
    case 'globalAveragePool':
    case 'flatten':
      return { height: 1, width: 1, channels };
    case 'colours':
      return { height, width, channels: 3 };
    case 'norm':
    case 'activation':
      return input;
    default:
      return node satisfies never;
  }
}

/**
 * All steps of a chain of ops in the order in which they run, those of residual bodies among them.
 * @throws ArgumentError for a description whose channels do not fit together
 */
export function traceSteps(steps: readonly Step[], input: MapSize): TracedStep[] {
  const traced: TracedStep[] = [];
  let current = input;
  for (const step of steps) {
    if (step.kind === 'residual') traced.push(...traceSteps(step.body, current));
    else traced.push({ step, input: current, output: outputOf(step, current) });
    current = traced.at(-1)?.output ?? current;
  }
  return traced;
}

/** `traceSteps` of a description. */
export const trace = (node: LayerNode, input: MapSize): TracedStep[] => traceSteps(stepsOf(node), input);
