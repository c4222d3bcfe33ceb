/** A network whose convolutions are under spectral norm, from one whose convolutions are not. */
import { fanIn } from '../parameters/initializers.js';
import { directionSpec, type ParameterSpec } from '../parameters/spec.js';
import type { Composed } from './compose.js';
import type { LayerNode, Part, SequenceNode } from './nodes.js';

/** Specs and description with u and v beside the weight of every convolution; weights start as before. */
export function underSpectralNorm<P>({ specs, node }: Composed<P>): Composed<P> {
  // u and v are optional parameters of a convolution, so that the type of the specs stays.
  return { specs: withVectors(specs) as Composed<P>['specs'], node: spectralNode(node) as SequenceNode };
}

function spectralNode(node: LayerNode): LayerNode {
  const part = (own: Part): Part => ({ ...own, node: spectralNode(own.node) });
  switch (node.op) {
    case 'convolution':
      return { ...node, spectral: true };
    case 'sequence':
      return { ...node, parts: node.parts.map(part), ...(node.registered === undefined ? {} : { registered: node.registered.map(part) }) };
    case 'residual':
      return { ...node, body: part(node.body), ...(node.shortcut === undefined ? {} : { shortcut: part(node.shortcut) }) };
    default:
      return node;
  }
}

/** Below every object with a kernel [kh, kw, C, O] as its weight. */
function withVectors(specs: unknown): unknown {
  if (Array.isArray(specs)) return specs.map(withVectors);
  if (specs === null || typeof specs !== 'object' || Object.getPrototypeOf(specs) !== Object.prototype) return specs;
  const fields = Object.fromEntries(Object.entries(specs).map(([key, child]) => [key, withVectors(child)]));
  const { weight } = specs as { readonly weight?: ParameterSpec };
  if (weight?.shape.length !== 4) return fields;
  return { ...fields, spectral: { u: directionSpec(weight.shape[3] as number), v: directionSpec(fanIn(weight.shape)) } };
}
