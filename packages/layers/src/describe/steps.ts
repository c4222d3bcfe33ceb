/** A description as the steps that devices take: a weight with the norm and the activation behind it, in one go. */
import { ArgumentError } from '@munit/core';
import { type ActivationNode, type BranchesNode, join, type LayerNode, type NormNode, type OpNode, type Part, type ResidualNode, type SequenceNode, type WeightNode } from './nodes.js';

/** A node and where its parameters lie in those of the whole. */
export interface Placed<N> {
  /** The op. */
  readonly node: N;
  /** Dotted, from the root of the parameters. */
  readonly path: string;
}

/** An op with weights and what follows it: y = f(norm(x * w + b)). */
export interface WeightedStep {
  /** Which sort of step it is. */
  readonly kind: 'weighted';
  /** The op with the weights. */
  readonly weight: Placed<WeightNode>;
  /** The norm behind it. */
  readonly norm: Placed<NormNode> | undefined;
  /** The activation behind both. */
  readonly activation: Placed<ActivationNode> | undefined;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** y = x + body(x), or shortcut(x) + body(x). */
export interface ResidualStep {
  /** Which sort of step it is. */
  readonly kind: 'residual';
  /** What is added to the input. */
  readonly body: readonly Step[];
  /** What the input becomes before the sum; undefined where it is added as it is. */
  readonly shortcut: readonly Step[] | undefined;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** The outputs of several chains for the same input, behind one another along the channels. */
export interface BranchesStep {
  /** Which sort of step it is. */
  readonly kind: 'branches';
  /** In the order of their channels; one without steps gives the input itself. */
  readonly branches: readonly (readonly Step[])[];
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** An op that follows no weight. */
export interface OpStep {
  /** Which sort of step it is. */
  readonly kind: 'op';
  /** The op. */
  readonly op: Placed<Exclude<OpNode, WeightNode>>;
  /** The name of its output among a feature network's maps. */
  readonly tap: string | undefined;
}

/** What a device computes in one go. */
export type Step = WeightedStep | ResidualStep | BranchesStep | OpStep;

interface Flat {
  readonly node: OpNode | ResidualNode | BranchesNode;
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

const isWeight = (node: OpNode): node is WeightNode => node.op === 'convolution' || node.op === 'transposedConvolution' || node.op === 'dense';

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
    const chain = (part: Part): Step[] => stepsOf(part.node, join(at, part.key));
    if (main.op === 'residual') {
      steps.push({ kind: 'residual', body: chain(main.body), shortcut: main.shortcut === undefined ? undefined : chain(main.shortcut), tap });
    } else if (main.op === 'branches') {
      steps.push({ kind: 'branches', branches: main.branches.map(chain), tap });
    } else if (!isWeight(main)) {
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

/**
 * The steps in groups, as a recording that recomputes takes them: a residual block by itself, what lies between blocks together, and
 * a pooling ends its group. So the maps between groups, which are kept, are the small ones: those at full size lie inside a group.
 *
 * @param taps names of maps that are read: each ends its group
 */
export function segmentsOf(steps: readonly Step[], taps: readonly string[] = []): Step[][] {
  const groups: Step[][] = [];
  let open = false;
  for (const step of steps) {
    const last = groups.at(-1);
    if (last !== undefined && open && step.kind !== 'residual') last.push(step);
    else groups.push([step]);
    const pools = step.kind === 'op' && (step.op.node.op === 'pool' || step.op.node.op === 'globalAveragePool');
    open = step.kind !== 'residual' && !pools && !(step.tap !== undefined && taps.includes(step.tap));
  }
  return groups;
}

/** Steps as a description again, to run some of a network: its parameters are those of the whole. */
export function sequenceOf(steps: readonly Step[]): SequenceNode {
  const part = ({ node, path }: Placed<LayerNode>): Part => ({ key: path, name: '', node });
  // The paths of the steps within are those of the whole.
  const chain = (own: readonly Step[]): Part => part({ node: sequenceOf(own), path: '' });
  const parts = steps.flatMap((step): Part[] => {
    switch (step.kind) {
      case 'weighted':
        return [step.weight, step.norm, step.activation].flatMap((placed) => (placed === undefined ? [] : part(placed)));
      case 'residual':
        return [part({ path: '', node: { op: 'residual', body: chain(step.body), ...(step.shortcut === undefined ? {} : { shortcut: chain(step.shortcut) }) } })];
      case 'branches':
        return [part({ path: '', node: { op: 'branches', branches: step.branches.map(chain) } })];
      case 'op':
        return [part(step.op)];
      default:
        return step satisfies never;
    }
  });
  return { op: 'sequence', parts };
}
