/** One domain's auto-encoder on a device: MUNIT's and UNIT's by the same three functions. */
import { type Domain, type PerDomain, type Tensor, type Tensor2D, type Tensor4D, treeLeaves } from '@munit/core';
import { generatorLayer, type GeneratorsArchitecture, type Weights } from '@munit/formats';
import {
  type ContentEncoder,
  type ContentEncoderParams,
  type Decoder,
  type DecoderParams,
  fromOfficial,
  type MunitGenerator,
  type MunitGeneratorParams,
  type StyleEncoder,
  type StyleEncoderParams,
  type UnitGenerator,
  type UnitGeneratorParams,
} from '@munit/layers';

/** Parameters of one generator, as `@munit/layers` and a training run have them. */
export type GeneratorParams = MunitGeneratorParams | UnitGeneratorParams;

/** Weights as a file has them, or parameters on a device, which stay the caller's. */
export type GeneratorNetworks = { readonly networks: PerDomain<Weights> } | { readonly parameters: PerDomain<GeneratorParams> };

/** A layer with its parameters. */
export interface Part<L, P> {
  readonly layer: L;
  readonly params: P;
}

/** What a network is made of, for going through it layer by layer. */
export interface NetworkParts {
  readonly encoder: Part<ContentEncoder, ContentEncoderParams>;
  readonly decoder: Part<Decoder, DecoderParams>;
  /** Undefined for UNIT. */
  readonly style: Part<StyleEncoder, StyleEncoderParams> | undefined;
  /** A style code [1, styleDim] as AdaIN's parameters [1, adaInCount]; undefined for UNIT. */
  readonly adaIn: ((style: Tensor2D) => Tensor2D) | undefined;
}

/** Sizes that a network takes, and its functions. Images are [1, H, W, C] in [−1, 1]. */
export interface Network {
  readonly channels: number;
  readonly sizeMultiple: number;
  /** The smallest height and width of the content encoder. */
  readonly contentMinimum: number;
  /** The smallest height and width of the style encoder. */
  readonly styleMinimum: number;
  encodeContent(image: Tensor4D): Tensor4D;
  /** Undefined for UNIT. */
  readonly encodeStyle: ((image: Tensor4D) => Tensor2D) | undefined;
  /** The style is left out for UNIT. */
  decode(content: Tensor4D, style: Tensor2D | undefined): Tensor4D;
  readonly parts: NetworkParts;
  /** Gives back what `upload` took. */
  dispose(): void;
}

function networkOf(layer: MunitGenerator | UnitGenerator, params: GeneratorParams, dispose: () => void): Network {
  const { sizeMultiple, minimumSize } = layer;
  const common = { channels: layer.architecture.inputDim, sizeMultiple, contentMinimum: Math.max(4, 2 * sizeMultiple), styleMinimum: minimumSize, dispose };
  if (layer.kind === 'unitGenerator') {
    const unit = params as UnitGeneratorParams;
    const parts: NetworkParts = {
      encoder: { layer: layer.encoder, params: unit.encoder },
      decoder: { layer: layer.decoder, params: unit.decoder },
      style: undefined,
      adaIn: undefined,
    };
    return { ...common, parts, encodeContent: (x) => layer.encode(unit, x), encodeStyle: undefined, decode: (content) => layer.decode(unit, content) };
  }
  const munit = params as MunitGeneratorParams;
  return {
    ...common,
    parts: {
      encoder: { layer: layer.contentEncoder, params: munit.contentEncoder },
      decoder: { layer: layer.decoder, params: munit.decoder },
      style: { layer: layer.styleEncoder, params: munit.styleEncoder },
      adaIn: (style) => layer.adaInParameters(munit, style),
    },
    encodeContent: (x) => layer.encodeContent(munit, x),
    encodeStyle: (x) => layer.encodeStyle(munit, x),
    // The translator checks that a style is there.
    decode: (content, style) => layer.decode(munit, content, style as Tensor2D),
  };
}

function disposeParams(params: GeneratorParams): void {
  for (const leaf of treeLeaves<Tensor>(params)) leaf.dispose();
}

/** Both generators on the device in use. @throws CheckpointMismatchError when the weights do not fit the architecture */
export function upload(architecture: GeneratorsArchitecture, model: GeneratorNetworks): PerDomain<Network> {
  const layers = { a: generatorLayer(architecture, 'a'), b: generatorLayer(architecture, 'b') };
  if ('parameters' in model) {
    const borrowed = (): void => undefined;
    return { a: networkOf(layers.a, model.parameters.a, borrowed), b: networkOf(layers.b, model.parameters.b, borrowed) };
  }
  const place = (domain: Domain): Network => {
    const params = fromOfficial(layers[domain], model.networks[domain]) as GeneratorParams;
    return networkOf(layers[domain], params, () => disposeParams(params));
  };
  const a = place('a');
  try {
    return { a, b: place('b') };
  } catch (error) {
    a.dispose();
    throw error;
  }
}
