/** Models as ONNX graphs. */
import { ArgumentError, type Domain, domains, otherDomain } from '@munit/core';
import { type GeneratorNode, officialParameters, type Part } from '@munit/layers';
import type { Model } from '../model/types.js';
import type { GeneratorsArchitecture } from '../official/architecture.js';
import { encodesStyles, generatorLayer, hasGenerator, kindOf, styleDimOf } from '../official/kinds.js';
import { emit } from './emit.js';
import { GraphBuilder, type Value } from './graph.js';

/**
 * `content`: image -> content. `style`: image -> style (MUNIT). `decoder`: content, style -> image.
 * `translate`: image of `domain`, style of the other -> image of the other.
 */
export type OnnxPart = 'content' | 'style' | 'decoder' | 'translate';

const IMAGE = ['batch', 'height', 'width'] as const;
const CONTENT = ['batch', 'content_height', 'content_width'] as const;
const OUTPUT = ['batch', 'output_height', 'output_width'] as const;

function shape([n, h, w]: readonly [string, string, string], channels: number): (string | number)[] {
  return [n, channels, h, w];
}

/** A generator's parts and constants in a graph. */
class Generator {
  readonly #graph: GraphBuilder;
  readonly #roles: GeneratorNode['roles'];
  readonly #weight: (path: string) => Value;
  readonly #styleDim: number;
  /** Whether images come out of the decoder unbounded. */
  readonly #clamp: boolean;

  constructor(graph: GraphBuilder, model: Model, domain: Domain) {
    const layer = generatorLayer(model.architecture, domain);
    const names = new Map(officialParameters(layer).map(({ path, name }) => [path, name]));
    this.#graph = graph;
    this.#roles = layer.describe().roles;
    this.#styleDim = styleDimOf(model.architecture);
    this.#clamp = 'output' in model.architecture && model.architecture.output === 'clamp';
    this.#weight = (path) => {
      const name = names.get(path) ?? '';
      const tensor = model.networks[domain].get(name);
      if (tensor === undefined) throw new ArgumentError(`The generator of ${domain} lacks '${name}' (${path}).`);
      return graph.floats(`gen_${domain}.${name}`, tensor.shape, tensor.data);
    };
  }

  #emit({ node, key }: Part, x: Value, { style, code }: { readonly style?: Value; readonly code?: Value } = {}): Value {
    return emit({ graph: this.#graph, weight: this.#weight, style: style === undefined ? undefined : { vector: style, next: 0 }, code }, node, key, x);
  }

  content(image: Value): Value {
    return this.#emit(this.#roles.contentEncoder, image);
  }

  style(image: Value): Value {
    const { styleEncoder } = this.#roles;
    if (styleEncoder === undefined) throw new ArgumentError('This model has no styles to encode.', { remedy: "Export 'content', 'decoder' or 'translate'." });
    return this.#emit(styleEncoder, image);
  }

  /** Asks for the style, where there is one, as an input of its own. Images are in [−1, 1]. */
  decode(content: Value): Value {
    const image = this.#decoded(content);
    return this.#clamp ? this.#graph.node('Clip', [image, this.#graph.scalar(-1), this.#graph.scalar(1)]) : image;
  }

  #decoded(content: Value): Value {
    const { decoder, styleMlp } = this.#roles;
    if (this.#styleDim === 0) return this.#emit(decoder, content);
    const style = this.#graph.input('style', ['batch', this.#styleDim]);
    // Without an MLP the decoder takes the code itself.
    return styleMlp === undefined ? this.#emit(decoder, content, { code: style }) : this.#emit(decoder, content, { style: this.#emit(styleMlp, style) });
  }
}

function build(graph: GraphBuilder, model: Model, part: OnnxPart, domain: Domain): void {
  const { architecture } = model;
  const { inputDim } = architecture;
  const own = new Generator(graph, model, domain);
  const contentChannels = architecture.dim * 2 ** architecture.nDownsample;
  if (inOnePiece(architecture) && (part === 'content' || part === 'decoder')) {
    throw new ArgumentError(`The generators of ${kindOf(architecture).title} are in one piece: there is no part '${part}'.`, { remedy: "Export 'translate'." });
  }
  if (part === 'content') {
    graph.output('content', own.content(graph.input('image', shape(IMAGE, inputDim[domain]))), shape(CONTENT, contentChannels));
  } else if (part === 'style') {
    const image = graph.input('image', shape(IMAGE, inputDim[domain]));
    graph.output('style', own.style(image), ['batch', styleDimOf(architecture)]);
  } else if (part === 'decoder') {
    const content = graph.input('content', shape(CONTENT, contentChannels));
    graph.output('image', own.decode(content), shape(OUTPUT, inputDim[domain]));
  } else {
    const other = otherDomain(domain);
    if (!hasGenerator(architecture, other)) throw new ArgumentError(`This model has no generator of images of ${other}.`, { remedy: 'Export the other direction.' });
    const content = own.content(graph.input('image', shape(IMAGE, inputDim[domain])));
    graph.output('translated', new Generator(graph, model, other).decode(content), shape(OUTPUT, inputDim[other]));
  }
}

/**
 * One graph of a model. Images are float32 [N, C, H, W] in [−1, 1], of any number and size: from the generator's
 * `minimumSize` on; the output is as large as the input rounded down to a multiple of 2^nDownsample.
 * @throws ArgumentError when a model without styles is asked for one, or a weight is missing
 */
export function exportOnnx(model: Model, part: OnnxPart, domain: Domain): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder();
  build(graph, model, part, domain);
  const { architecture, domains } = model;
  const described = { part, domain, method: architecture.method, domains };
  return graph.done(`munit_${part}_${domain}`, { munit: JSON.stringify(described) });
}

/** Whether generators have no content code between an encoder and a decoder. */
const inOnePiece = (architecture: GeneratorsArchitecture): boolean => 'directions' in architecture;

function partsOf(architecture: GeneratorsArchitecture, domain: Domain): OnnxPart[] {
  if (!inOnePiece(architecture)) return styleDimOf(architecture) > 0 ? ['content', 'style', 'decoder', 'translate'] : ['content', 'decoder', 'translate'];
  return [...(encodesStyles(architecture, domain) ? ['style' as const] : []), ...(hasGenerator(architecture, otherDomain(domain)) ? ['translate' as const] : [])];
}

/** All graphs of a model by file name: `content_a.onnx`, `style_a.onnx`, `decoder_a.onnx`, `translate_a_to_b.onnx`, and those of b; of generators in one piece the translations, and the style encoder where there is one. */
export function exportOnnxFiles(model: Model): Map<string, Uint8Array<ArrayBuffer>> {
  const names = { a: 'a_to_b', b: 'b_to_a' };
  return new Map(
    domains.flatMap((domain) =>
      partsOf(model.architecture, domain).map((part) => [`${part}_${part === 'translate' ? names[domain] : domain}.onnx`, exportOnnx(model, part, domain)] as const),
    ),
  );
}
