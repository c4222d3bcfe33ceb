/**
 * The map between our parameters and the official names, for every layer and network.
 * This folder is the only place that knows them; entries come in the order in which PyTorch registers them, which is
 * the order of its state dict and of its optimizer's parameters.
 */
import type {
  AdaptiveInstanceNorm,
  ConvBlock,
  Convolution,
  LayerNorm,
  LinearBlock,
  ResidualBlock,
} from '../blocks/index.js';
import type { Norm } from '../layer.js';
import type {
  Alexnet,
  ContentEncoder,
  Decoder,
  Mlp,
  MultiScaleDiscriminator,
  MunitGenerator,
  StyleEncoder,
  UnitGenerator,
  Vgg16,
} from '../networks/index.js';
import type { Layout } from './layout.js';

/** Every layer that has official names. */
export type OfficialLayer =
  | AdaptiveInstanceNorm
  | Alexnet
  | ContentEncoder
  | ConvBlock
  | Convolution
  | Decoder
  | LayerNorm
  | LinearBlock
  | Mlp
  | MultiScaleDiscriminator
  | MunitGenerator
  | ResidualBlock
  | StyleEncoder
  | UnitGenerator
  | Vgg16;

/** A parameter of ours under its official name. */
export interface OfficialParameter {
  /** Official key: `enc_content.model.0.conv.weight`. */
  readonly name: string;
  /** Ours, as `treeEntries` gives it: `contentEncoder.first.conv.weight`. */
  readonly path: string;
  readonly layout: Layout;
  /** `state`: spectral norm's u and v, which no optimizer has. */
  readonly role: 'trained' | 'state';
}

/** What only PyTorch has: running statistics that the published code registers and never uses. */
export interface OfficialBuffer {
  readonly name: string;
  readonly role: 'buffer';
  readonly dtype: 'float32' | 'int64';
  readonly shape: readonly number[];
  /** What all its values are. */
  readonly value: number;
}

export type OfficialEntry = OfficialParameter | OfficialBuffer;

/** All entries of a layer, its names after `prefix`. */
export function officialEntries(layer: OfficialLayer, prefix = ''): OfficialEntry[] {
  return entriesOf(layer, '', prefix);
}

/** Entries of `layer`, whose parameters lie at `path` of the whole tree and whose official names start with `name`. */
function entriesOf(layer: OfficialLayer, path: string, name: string): OfficialEntry[] {
  const part = (child: OfficialLayer, childPath: string, childName: string): OfficialEntry[] =>
    entriesOf(child, join(path, childPath), join(name, childName));
  const parts = (children: readonly OfficialLayer[], childPath: string, nameOf: (i: number) => string): OfficialEntry[] =>
    children.flatMap((child, i) => part(child, `${childPath}.${i}`, nameOf(i)));
  switch (layer.kind) {
    case 'convolution':
      return weighted(path, name, 'conv', layer.options.spectral);
    case 'convBlock':
      return [
        ...normEntries(layer.norm, layer.convolution.options.outChannels, join(path, 'norm'), join(name, 'norm')),
        ...slope(layer, path, name),
        ...part(layer.convolution, 'conv', 'conv'),
      ];
    case 'linearBlock':
      return [
        ...weighted(join(path, 'dense'), join(name, 'fc'), 'dense', layer.options.norm === 'sn'),
        ...normEntries(layer.options.norm, layer.options.outFeatures, join(path, 'norm'), join(name, 'norm')),
        ...slope(layer.options, path, name),
      ];
    case 'layerNorm':
      return normEntries('ln', layer.options.channels, path, name);
    case 'adaptiveInstanceNorm':
      return normEntries('adain', layer.options.channels, path, name);
    case 'residualBlock':
      return [...part(layer.first, 'first', 'model.0'), ...part(layer.second, 'second', 'model.1')];
    case 'contentEncoder':
      return [
        ...part(layer.first, 'first', 'model.0'),
        ...parts(layer.down, 'down', (i) => `model.${i + 1}`),
        ...parts(layer.residual, 'residual', (i) => `model.${layer.down.length + 1}.model.${i}`),
      ];
    case 'styleEncoder':
      return [
        ...part(layer.first, 'first', 'model.0'),
        ...parts(layer.down, 'down', (i) => `model.${i + 1}`),
        // After the average pooling, which has a number too.
        ...part(layer.last, 'last', `model.${layer.down.length + 2}`),
      ];
    case 'decoder':
      return [
        ...parts(layer.residual, 'residual', (i) => `model.0.model.${i}`),
        // Upsamplings have the odd numbers.
        ...parts(layer.up, 'up', (i) => `model.${2 * i + 2}`),
        ...part(layer.last, 'last', `model.${2 * layer.up.length + 1}`),
      ];
    case 'mlp':
      return parts(layer.layers, 'layers', (i) => `model.${i}`);
    case 'munitGenerator':
      return [
        ...part(layer.styleEncoder, 'styleEncoder', 'enc_style'),
        ...part(layer.contentEncoder, 'contentEncoder', 'enc_content'),
        ...part(layer.decoder, 'decoder', 'dec'),
        ...part(layer.mlp, 'mlp', 'mlp'),
      ];
    case 'unitGenerator':
      return [...part(layer.encoder, 'encoder', 'enc'), ...part(layer.decoder, 'decoder', 'dec')];
    case 'multiScaleDiscriminator':
      return Array.from({ length: layer.architecture.numScales }, (_, s) => [
        ...parts(layer.scale.blocks, `scales.${s}.blocks`, (i) => `cnns.${s}.${i}`),
        ...part(layer.scale.last, `scales.${s}.last`, `cnns.${s}.${layer.scale.blocks.length}`),
      ]).flat();
    case 'vgg16':
      return layer.layers.flatMap(({ name: layerName }) => weighted(join(path, `${layerName}.conv`), join(name, layerName), 'conv', false));
    case 'alexnet':
      return layer.layers.flatMap(({ name: layerName, index }) => weighted(join(path, `${layerName}.conv`), join(name, `features.${index}`), 'conv', false));
    default:
      return layer satisfies never;
  }
}

const join = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

const trained = (path: string, name: string, layout: Layout): OfficialParameter => ({ path, name, layout, role: 'trained' });

/** The wrapper of spectral norm takes the weight out of its module and registers u, v and `weight_bar` after the bias. */
function weighted(path: string, name: string, layout: 'conv' | 'dense', spectral: boolean): OfficialParameter[] {
  if (!spectral) return [trained(join(path, 'weight'), join(name, 'weight'), layout), trained(join(path, 'bias'), join(name, 'bias'), 'plain')];
  const state = (ours: 'u' | 'v'): OfficialParameter => ({
    path: join(path, `spectral.${ours}`),
    name: join(name, `module.weight_${ours}`),
    layout: 'plain',
    role: 'state',
  });
  return [
    trained(join(path, 'bias'), join(name, 'module.bias'), 'plain'),
    state('u'),
    state('v'),
    trained(join(path, 'weight'), join(name, 'module.weight_bar'), layout),
  ];
}

function normEntries(norm: Norm, channels: number, path: string, name: string): OfficialEntry[] {
  const affine = (scale: string, shift: string): OfficialParameter[] => [
    trained(join(path, 'scale'), join(name, scale), 'plain'),
    trained(join(path, 'shift'), join(name, shift), 'plain'),
  ];
  const buffer = (suffix: string, value: number): OfficialBuffer => ({
    name: join(name, suffix),
    role: 'buffer',
    dtype: 'float32',
    shape: [channels],
    value,
  });
  const statistics = [buffer('running_mean', 0), buffer('running_var', 1)];
  switch (norm) {
    case 'none':
    case 'in':
    case 'sn':
      return [];
    case 'adain':
      return statistics;
    case 'ln':
      return affine('gamma', 'beta');
    case 'bn':
      return [...affine('weight', 'bias'), ...statistics, { name: join(name, 'num_batches_tracked'), role: 'buffer', dtype: 'int64', shape: [], value: 0 }];
    default:
      return norm satisfies never;
  }
}

const slope = ({ activation }: { readonly activation: string }, path: string, name: string): OfficialParameter[] =>
  activation === 'prelu' ? [trained(join(path, 'slope'), join(name, 'activation.weight'), 'plain')] : [];
