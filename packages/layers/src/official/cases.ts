/**
 * A layer or network from the published class name and constructor arguments: how reference dumps name what they hold.
 * Everything is in our layouts (NHWC); convert with `fromOfficialActivation` and `toOfficialActivation`.
 */
import { ArgumentError, type PadMode, type Params, reshape, type Tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { convBlock } from '../blocks/convBlock.js';
import { convolution } from '../blocks/convolution.js';
import { linearBlock, type LinearNorm } from '../blocks/linearBlock.js';
import { adaptiveInstanceNorm, layerNorm } from '../blocks/norms.js';
import { residualBlock } from '../blocks/residualBlock.js';
import type { LayerActivation, Norm } from '../names.js';
import type { ParamsOf } from '../parameters/spec.js';
import { contentEncoder } from '../networks/contentEncoder.js';
import { decoder } from '../networks/decoder.js';
import { multiScaleDiscriminator } from '../networks/discriminator.js';
import { mlp } from '../networks/mlp.js';
import { munitGenerator } from '../networks/munitGenerator.js';
import { styleEncoder } from '../networks/styleEncoder.js';
import { unitGenerator } from '../networks/unitGenerator.js';
import { vgg16, type VggFeatures } from '../networks/vgg16.js';
import { discriminatorFromOfficial, generatorFromOfficial, unitGeneratorFromOfficial } from './architecture.js';
import type { OfficialLayer } from './entries.js';
import { Settings, type SettingsRecord } from './settings.js';

/** A layer that a case asks for, with one way of applying it. */
export interface LayerFromCase {
  /** For `fromOfficial`, `toOfficial`. */
  readonly layer: OfficialLayer;
  /**
   * The outputs for one input. Call `advancePowerIteration` on the parameters before, as the published code does before every forward.
   * @param input images [N, H, W, C], or features [N, F]
   * @param style AdaIN's parameters [N, F], or for generators the style code [N, F] or [N, 1, 1, F]
   * @returns images [N, H, W, C] (codes as [N, 1, 1, F], as the published style encoder gives them), or features [N, F]
   */
  readonly apply: (params: Params, input: Tensor, style?: Tensor) => Tensor[];
}

/** Checks nothing: it only says to the compiler that the parameters of a case are those of its layer. */
function caseOf<L extends OfficialLayer>(
  layer: L,
  apply: (params: ParamsOf<L>, input: Tensor4D, style: Tensor2D | undefined) => Tensor | Tensor[],
): LayerFromCase {
  return {
    layer,
    apply: (params, input, style) => {
      const outputs = apply(params as ParamsOf<L>, input as Tensor4D, style === undefined ? undefined : asMatrix(style));
      return Array.isArray(outputs) ? outputs : [outputs];
    },
  };
}

/** [N, 1, 1, F] or [N, F] -> [N, F] */
const asMatrix = (x: Tensor): Tensor2D => (x.rank === 2 ? (x as Tensor2D) : reshape<Tensor2D>(x, [x.shape[0], x.size / x.shape[0]]));
/** [N, F] -> [N, 1, 1, F] */
const asImage = (x: Tensor2D): Tensor4D => reshape<Tensor4D>(x, [x.shape[0], 1, 1, x.shape[1]]);

function required(kind: string, style: Tensor2D | undefined): Tensor2D {
  if (style === undefined) throw new ArgumentError(`${kind}: a style is required.`);
  return style;
}

/**
 * The layer of a published class (`Conv2dBlock`, `MsImageDis`), or class and method (`AdaINGen.decode`), with its
 * constructor's arguments by name; those that are absent have the published defaults.
 * @throws ArgumentError for a class that munit does not have, or an argument it does not know
 */
export function layerFromCase(kind: string, config: SettingsRecord): LayerFromCase {
  const settings = new Settings(kind, config);
  const made = make(kind, settings);
  settings.finish();
  return made;
}

function make(kind: string, s: Settings): LayerFromCase {
  switch (kind) {
    case 'Conv2dBlock':
      return convCase(s);
    case 'LinearBlock': {
      const block = linearBlock({
        inFeatures: s.number('in_features', 'input_dim'),
        outFeatures: s.number('out_features', 'output_dim'),
        norm: s.text<LinearNorm>('none', 'norm'),
        activation: activationOf(s),
      });
      return caseOf(block, (params, x) => block.apply(params, asMatrix(x)));
    }
    case 'LayerNorm': {
      const norm = layerNorm(s.number('num_features'));
      return caseOf(norm, (params, x) => norm.apply(params, x));
    }
    case 'AdaptiveInstanceNorm2d': {
      const norm = adaptiveInstanceNorm(s.number('num_features'));
      return caseOf(norm, (_, x, style) => norm.apply(x, required(kind, style)));
    }
    case 'ResBlock': {
      const block = residualBlock({
        channels: s.number('dim'),
        norm: s.text<Norm>('in', 'norm'),
        activation: activationOf(s),
        padMode: padModeOf(s),
      });
      return caseOf(block, (params, x, style) => block.apply(params, x, style));
    }
    case 'SpectralNorm':
      return spectralCase(s);
    case 'StyleEncoder': {
      const encoder = styleEncoder({
        nDownsample: s.number('n_downsample'),
        inChannels: s.number('input_dim'),
        channels: s.number('dim'),
        styleDim: s.number('style_dim'),
        norm: s.text<Exclude<Norm, 'adain'>>('none', 'norm'),
        activation: activationOf(s),
        padMode: padModeOf(s),
      });
      return caseOf(encoder, (params, x) => asImage(encoder.apply(params, x)));
    }
    case 'ContentEncoder': {
      const encoder = contentEncoder({
        nDownsample: s.number('n_downsample'),
        nRes: s.number('n_res'),
        inChannels: s.number('input_dim'),
        channels: s.number('dim'),
        norm: s.text<Exclude<Norm, 'adain'>>('in', 'norm'),
        activation: activationOf(s),
        padMode: padModeOf(s),
      });
      return caseOf(encoder, (params, x) => encoder.apply(params, x));
    }
    case 'Decoder': {
      const network = decoder({
        nUpsample: s.number('n_upsample'),
        nRes: s.number('n_res'),
        inChannels: s.number('dim'),
        outChannels: s.number('output_dim'),
        residualNorm: s.text<Norm>('adain', 'res_norm', 'norm'),
        activation: activationOf(s),
        padMode: padModeOf(s),
      });
      return caseOf(network, (params, x, style) => network.apply(params, x, style));
    }
    case 'MLP': {
      const network = mlp({
        inFeatures: s.number('input_dim'),
        outFeatures: s.number('output_dim'),
        hiddenFeatures: s.number('dim'),
        nBlocks: s.number('n_blk'),
        norm: s.text<LinearNorm>('none', 'norm'),
        activation: activationOf(s),
      });
      return caseOf(network, (params, x) => network.apply(params, asMatrix(x)));
    }
    case 'MsImageDis': {
      const network = multiScaleDiscriminator(discriminatorFromOfficial(s.record('dis', 'params'), s.number('input_dim')));
      return caseOf(network, (params, x) => network.apply(params, x));
    }
    case 'Vgg16': {
      const network = vgg16({ features: s.text<VggFeatures>('relu5_3', 'features') });
      return caseOf(network, (params, x) => network.apply(params, x));
    }
    default:
      return kind.startsWith('VAEGen') ? unitCase(kind, s) : munitCase(kind, s);
  }
}

function munitCase(kind: string, s: Settings): LayerFromCase {
  const network = munitGenerator(generatorFromOfficial(s.record('gen', 'params'), s.number('input_dim')));
  switch (kind) {
    case 'AdaINGen':
    case 'AdaINGen.forward':
      return caseOf(network, (params, x) => network.decode(params, network.encodeContent(params, x), network.encodeStyle(params, x)));
    case 'AdaINGen.encode':
      return caseOf(network, (params, x) => [network.encodeContent(params, x), asImage(network.encodeStyle(params, x))]);
    case 'AdaINGen.decode':
      return caseOf(network, (params, content, style) => network.decode(params, content, required(kind, style)));
    default:
      throw new ArgumentError(`There is no layer '${kind}'.`, {
        remedy: 'Known layers: Conv2dBlock, LinearBlock, ResBlock, LayerNorm, AdaptiveInstanceNorm2d, SpectralNorm, StyleEncoder, ContentEncoder, Decoder, MLP, AdaINGen and VAEGen (.encode, .decode, .forward), MsImageDis, Vgg16.',
      });
  }
}

function unitCase(kind: string, s: Settings): LayerFromCase {
  const network = unitGenerator(unitGeneratorFromOfficial(s.record('gen', 'params'), s.number('input_dim')));
  switch (kind) {
    case 'VAEGen':
    case 'VAEGen.forward':
      return caseOf(network, (params, x) => network.decode(params, network.encode(params, x)));
    case 'VAEGen.encode':
      return caseOf(network, (params, x) => network.encode(params, x));
    case 'VAEGen.decode':
      return caseOf(network, (params, hidden) => network.decode(params, hidden));
    default:
      throw new ArgumentError(`There is no method '${kind}'.`, { remedy: 'Known methods: VAEGen.encode, VAEGen.decode, VAEGen.forward.' });
  }
}

function convCase(s: Settings): LayerFromCase {
  const block = convBlock({
    inChannels: s.number('in_channels', 'input_dim'),
    outChannels: s.number('out_channels', 'output_dim'),
    kernel: s.number('kernel', 'kernel_size'),
    stride: s.number('stride'),
    padding: s.numberOr(0, 'padding'),
    norm: s.text<Norm>('none', 'norm'),
    activation: activationOf(s),
    padMode: padModeOf(s),
  });
  return caseOf(block, (params, x, style) => block.apply(params, x, style));
}

/** A bare convolution or dense layer under the wrapper of spectral norm. */
function spectralCase(s: Settings): LayerFromCase {
  if (!s.has('in_channels')) {
    const block = linearBlock({ inFeatures: s.number('in_features'), outFeatures: s.number('out_features'), norm: 'sn', activation: 'none' });
    return caseOf(block, (params, x) => block.apply(params, asMatrix(x)));
  }
  const layer = convolution({
    inChannels: s.number('in_channels'),
    outChannels: s.number('out_channels'),
    kernel: s.number('kernel', 'kernel_size'),
    stride: s.numberOr(1, 'stride'),
    padding: s.numberOr(0, 'padding'),
    spectral: true,
  });
  return caseOf(layer, (params, x) => layer.apply(params, x));
}

const activationOf = (s: Settings): LayerActivation => s.text<LayerActivation>('relu', 'activation', 'activ');
const padModeOf = (s: Settings): PadMode => s.text<PadMode>('zero', 'pad_type');
