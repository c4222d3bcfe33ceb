/** A description as the steps that devices take: a weight with the norm and the activation behind it, in one go. */
import { ArgumentError } from '@munit/core';
import { type ActivationNode, type ConvolutionNode, type DenseNode, join, type LayerNode, type NormNode, type OpNode, type Part, type SequenceNode } from './nodes.js';

/** A node and where its parameters lie in those of the whole. */
export interface Placed<N> {
  /** The op. */
  readonly node: N;
  /** Dotted, from the root of the parameters. */
  readonly path: string;
}

/** A convolution or dense layer with what follows it: y = f(norm(x * w + b)). */
export interface WeightedStep {
  /** Which sort of step it is. */
  readonly kind: 'weighted';
  /** The convolution or dense layer. */
  readonly weight: Placed<ConvolutionNode | DenseNode>;
  /** The norm behind it. */
  readonly norm: Placed<NormNode> | undefined;
  /** The activation behind both. */
  readonly activation: Placed<ActivationNode> | undefined;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** y = x + body(x). */
export interface ResidualStep {
  /** Which sort of step it is. */
  readonly kind: 'residual';
  /** What is added to the input. */
  readonly body: readonly Step[];
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** An op that follows no weight. */
export interface OpStep {
  /** Which sort of step it is. */
  readonly kind: 'op';
  /** The op. */
  readonly op: Placed<Exclude<OpNode, ConvolutionNode | DenseNode>>;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** What a device computes in one go. */
export type Step = WeightedStep | ResidualStep | OpStep;

interface Flat {
  readonly node: OpNode | Extract<LayerNode, { readonly op: 'residual' }>;
  readonly path: string;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** Sequences within sequences as one; the last op of a part bears the part's tap. */
function flatten(node: LayerNode, path: string, tap?: string): Flat[] {
  switch (node.op) {
    case 'sequence': {
      const flat = node.parts.flatMap((part) => flatten(part.node, join(path, part.key), part.tap));
      return tap === undefined ? flat : flat.map((item, i) => (i === flat.length - 1 ? { ...item, tap } : item));
    }
    case 'scales':
    case 'generator':
      throw new ArgumentError(`A ${node.op} node is not one chain of ops.`, { remedy: 'Take its parts one by one.' });
    default:
      return [{ node, path, tap }];
  }
}

/**
 * The steps of a chain of ops, in the order in which they run.
 * @throws ArgumentError for a node with several outputs or inputs (`scales`, `generator`)
 */
export function stepsOf(node: LayerNode, path = ''): Step[] {
  const flat = flatten(node, path);
  const steps: Step[] = [];
  for (let i = 0; i < flat.length; ) {
    const { node: main, path: at, tap } = flat[i] as Flat;
    i += 1;
    if (main.op === 'residual') {
      steps.push({ kind: 'residual', body: stepsOf(main.body.node, join(at, main.body.key)), tap });
    } else if (main.op !== 'convolution' && main.op !== 'dense') {
      steps.push({ kind: 'op', op: { node: main, path: at }, tap });
    } else {
      let last = tap;
      // Nothing is fused past a map that somebody reads.
      const follows = <O extends 'norm' | 'activation'>(op: O): Placed<Extract<OpNode, { readonly op: O }>> | undefined => {
        const next = flat[i];
        if (last !== undefined || next?.node.op !== op) return undefined;
        i += 1;
        last = next.tap;
        return { node: next.node as Extract<OpNode, { readonly op: O }>, path: next.path };
      };
      const norm = follows('norm');
      const activation = follows('activation');
      steps.push({ kind: 'weighted', weight: { node: main, path: at }, norm, activation, tap: last });
    }
  }
  return steps;
}

/** Steps as a description again, to run some of a network: its parameters are those of the whole. */
export function sequenceOf(steps: readonly Step[]): SequenceNode {
  const part = ({ node, path }: Placed<LayerNode>): Part => ({ key: path, name: '', node });
  const parts = steps.flatMap((step): Part[] => {
    switch (step.kind) {
      case 'weighted':
        return [step.weight, step.norm, step.activation].flatMap((placed) => (placed === undefined ? [] : part(placed)));
      case 'residual':
        return [{ key: '', name: '', node: { op: 'residual', body: { key: '', name: '', node: sequenceOf(step.body) } } }];
      case 'op':
        return [part(step.op)];
      default:
        return step satisfies never;
    }
  });
  return { op: 'sequence', parts };
}
