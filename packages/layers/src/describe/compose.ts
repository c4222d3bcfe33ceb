/** Layers one after the other as one layer: its specs and its description from the same list, so that they cannot differ. */
import type { ParamsOf, SpecsOf } from '../parameters/spec.js';
import type { LayerNode, OpNode, Part, SequenceNode } from './nodes.js';

/** A layer of any kind. */
interface AnyLayer {
  readonly specs: unknown;
  describe(): LayerNode;
}

/** A layer and its official name within the whole. */
export interface NamedLayer<L extends AnyLayer = AnyLayer> {
  /** Where in the published module: `model.0`. */
  readonly name: string;
  /** Other official names. */
  readonly aliases?: readonly string[];
  /** The name of its output among a feature network's maps. */
  readonly tap?: string;
  readonly layer: L;
}

/** An op without parameters, which has no place in the tree. */
export interface BareOp {
  readonly node: OpNode;
}

/** A layer under its official name. */
export const at = <L extends AnyLayer>(name: string, layer: L, more: Pick<NamedLayer, 'aliases' | 'tap'> = {}): NamedLayer<L> => ({ name, layer, ...more });

/** An op without parameters between the layers. */
export const bare = (node: OpNode): BareOp => ({ node });

/** Layers by the key of their parameters, in the order in which they run. */
export type Layers = { readonly [key: string]: BareOp | NamedLayer | readonly (BareOp | NamedLayer)[] };

type LayerParams<T> = T extends { readonly layer: infer L } ? ParamsOf<L> : never;

/** The parameters of the whole. */
export type ComposedParams<T extends Layers> = {
  readonly [K in keyof T as T[K] extends BareOp ? never : K]: T[K] extends readonly unknown[] ? readonly LayerParams<T[K][number]>[] : LayerParams<T[K]>;
};

/** Specs and description of layers that run one after the other. */
export interface Composed<P> {
  readonly specs: SpecsOf<P>;
  readonly node: SequenceNode;
}

const isBare = (item: BareOp | NamedLayer): item is BareOp => 'node' in item;

/** One layer after the other. Keys come in the order in which the layers run and in which their parameters are drawn. */
export function compose<const T extends Layers>(layers: T): Composed<ComposedParams<T>> {
  const parts: Part[] = [];
  const specs: Record<string, unknown> = {};
  const add = (key: string, item: BareOp | NamedLayer): unknown => {
    if (isBare(item)) {
      parts.push({ key: '', name: '', node: item.node });
      return undefined;
    }
    const { layer, ...named } = item;
    parts.push({ key, ...named, node: layer.describe() });
    return layer.specs;
  };
  for (const [key, value] of Object.entries(layers)) {
    const isList = Array.isArray(value);
    const items = (isList ? value : [value]) as readonly (BareOp | NamedLayer)[];
    const own = items.map((item, i) => add(isList ? `${key}.${i}` : key, item)).filter((spec) => spec !== undefined);
    if (isList || own.length > 0) specs[key] = isList ? own : own[0];
  }
  return { specs: specs as SpecsOf<ComposedParams<T>>, node: { op: 'sequence', parts } };
}
