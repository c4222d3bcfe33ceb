/** The networks of a run as data that another engine can build: their trees of ops, with their published names. */
import type { GeneratorRole, LayerNode, OfficialLayer, Part } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { publishedNetworks } from '../../methods/create.js';

/** A network as data. */
export interface DescribedNetwork {
  /** Its published name, such as `gen_a`. */
  readonly name: string;
  /** Which optimizer updates it. */
  readonly part: 'gen' | 'dis';
  /** The kind of its layer: `munitGenerator`, `latentEncoder`. */
  readonly kind: string;
  /** Its tree of ops, which JSON can hold. */
  readonly node: unknown;
}

/** All networks of a configuration as data, as the Python package munit_torch builds them. */
export const describedNetworks = (config: TrainingConfig): DescribedNetwork[] =>
  publishedNetworks(config).map(({ name, part, layer }) => ({ name, part, kind: layer.kind, node: describedLayer(layer) }));

const partOf = ({ name, node }: Part): unknown => ({ name, node: described(node) });

/** Parts that are registered and do not run in order (the second head of a latent encoder) come as `heads`. */
function describedLayer(layer: OfficialLayer): unknown {
  const node = layer.describe();
  if (node.op !== 'sequence' || node.registered === undefined) return described(node);
  const heads = node.registered.filter((part) => !node.parts.includes(part));
  return { ...(described(node) as object), heads: heads.map(partOf) };
}

/** A node without our own paths, which only our trees of parameters have. */
function described(node: LayerNode): unknown {
  switch (node.op) {
    case 'sequence':
      return { op: node.op, parts: node.parts.map(partOf) };
    case 'residual':
      return { op: node.op, body: partOf(node.body), ...(node.shortcut === undefined ? {} : { shortcut: partOf(node.shortcut) }) };
    case 'branches':
      return { op: node.op, branches: node.branches.map(partOf) };
    case 'scales':
      return { op: node.op, scales: node.scales.map(partOf), pool: node.pool };
    case 'generator': {
      const roles = Object.entries(node.roles) as [GeneratorRole, Part][];
      return { op: node.op, roles: Object.fromEntries(roles.map(([role, part]) => [role, partOf(part)])) };
    }
    default:
      return node;
  }
}
