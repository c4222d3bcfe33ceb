/**
 * The official name of every parameter, read off a layer's description.
 * Entries come in the order in which PyTorch registers them, which is the order of its state dict and of its optimizer's parameters.
 */
import { join, type LayerNode, type NormNode, type Part, partsOf } from '../describe/nodes.js';
import type { OfficialLayer } from '../layer.js';
import type { Layout } from './layout.js';

export type { OfficialLayer } from '../layer.js';

/** A parameter of ours under its official name. */
export interface OfficialParameter {
  /** Official key: `enc_content.model.0.conv.weight`. */
  readonly name: string;
  /** Other keys that files have for it: `features.0.weight` for VGG16's `conv1_1.weight`. */
  readonly aliases: readonly string[];
  /** Ours, as `treeEntries` gives it: `contentEncoder.first.conv.weight`. */
  readonly path: string;
  /** How it lies in PyTorch. */
  readonly layout: Layout;
  /** `state`: spectral norm's u and v, and a batch norm's running averages, which no optimizer has. */
  readonly role: 'trained' | 'state';
}

/** What only PyTorch has: running statistics that the published code registers and never uses. */
export interface OfficialBuffer {
  /** Official key. */
  readonly name: string;
  /** `buffer`. */
  readonly role: 'buffer';
  /** Its type in PyTorch. */
  readonly dtype: 'float32' | 'int64';
  /** Its shape in PyTorch. */
  readonly shape: readonly number[];
  /** What all its values are. */
  readonly value: number;
}

/** A tensor of an official state dict. */
export type OfficialEntry = OfficialParameter | OfficialBuffer;

/** Where a node is: our path, and its official name with the aliases. */
interface Place {
  readonly path: string;
  readonly names: readonly [string, ...string[]];
}

/** All entries of a layer, its names after `prefix`. */
export function officialEntries(layer: OfficialLayer, prefix = ''): OfficialEntry[] {
  return entriesOf(layer.describe(), { path: '', names: [prefix] });
}

function entriesOf(node: LayerNode, place: Place): OfficialEntry[] {
  switch (node.op) {
    case 'convolution':
      return weighted(place, 'conv', node.spectral, node.bias);
    // PyTorch keeps [in, out, kh, kw] for it: the weight of the convolution whose adjoint it is, as here.
    case 'transposedConvolution':
      return weighted(place, 'conv', false, node.bias);
    case 'dense':
      return weighted(place, 'dense', node.spectral);
    case 'norm':
      return normEntries(node, place);
    case 'activation':
      // The slope is the whole of a PReLU's parameters.
      return node.activation === 'prelu' ? [trained({ path: place.path, names: under(place, '', 'weight').names }, 'plain')] : [];
    default:
      return partsOf(node).flatMap((part) => entriesOf(part.node, placeOf(part, place)));
  }
}

/** One step down, ours and official. */
const under = ({ path, names: [name, ...aliases] }: Place, key: string, official: string): Place => ({
  path: join(path, key),
  names: [join(name, official), ...aliases.map((alias) => join(alias, official))],
});

function placeOf({ key, name, aliases = [] }: Part, place: Place): Place {
  const { path, names } = under(place, key, name);
  return { path, names: [...names, ...aliases.map((alias) => join(place.names[0], alias))] };
}

function trained({ path, names: [name, ...aliases] }: Place, layout: Layout, role: 'trained' | 'state' = 'trained'): OfficialParameter {
  return { path, name, aliases, layout, role };
}

/** The wrapper of spectral norm takes the weight out of its module and registers u, v and `weight_bar` after the bias. */
function weighted(place: Place, layout: 'conv' | 'dense', spectral: boolean, bias = true): OfficialParameter[] {
  if (!spectral) return [trained(under(place, 'weight', 'weight'), layout), ...(bias ? [trained(under(place, 'bias', 'bias'), 'plain')] : [])];
  return [
    trained(under(place, 'bias', 'module.bias'), 'plain'),
    trained(under(place, 'spectral.u', 'module.weight_u'), 'plain', 'state'),
    trained(under(place, 'spectral.v', 'module.weight_v'), 'plain', 'state'),
    trained(under(place, 'weight', 'module.weight_bar'), layout),
  ];
}

function normEntries({ norm, channels, running = false }: NormNode, place: Place): OfficialEntry[] {
  const affine = (scale: string, shift: string): OfficialParameter[] => [
    trained(under(place, 'scale', scale), 'plain'),
    trained(under(place, 'shift', shift), 'plain'),
  ];
  const nameOf = (suffix: string): string => under(place, '', suffix).names[0];
  const buffer = (suffix: string, value: number): OfficialBuffer => ({ name: nameOf(suffix), role: 'buffer', dtype: 'float32', shape: [channels], value });
  const statistics: OfficialEntry[] = running
    ? [trained(under(place, 'running.mean', 'running_mean'), 'plain', 'state'), trained(under(place, 'running.variance', 'running_var'), 'plain', 'state')]
    : [buffer('running_mean', 0), buffer('running_var', 1)];
  switch (norm) {
    case 'in':
      return [];
    case 'adain':
      return statistics;
    case 'ln':
      return affine('gamma', 'beta');
    case 'bn':
      return [...affine('weight', 'bias'), ...statistics, { name: nameOf('num_batches_tracked'), role: 'buffer', dtype: 'int64', shape: [], value: 0 }];
    default:
      return norm satisfies never;
  }
}

/** Names that a file of the whole network may have besides. */
export function isIgnored(layer: OfficialLayer, name: string): boolean {
  const node = layer.describe();
  return node.op === 'sequence' && node.ignored?.test(name) === true;
}

