/** Models as ONNX graphs. */
import { ArgumentError, type Domain, domains, otherDomain } from '@munit/core';
import { type MunitGenerator, officialParameters, type UnitGenerator } from '@munit/layers';
import type { Model } from '../model/index.js';
import { generatorLayer } from '../official/index.js';
import type { Emitter } from './blocks.js';
import { GraphBuilder, type Value } from './graph.js';
import { emitContentEncoder, emitDecoder, emitMlp, emitStyleEncoder } from './networks.js';

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

/** A generator's layers and constants in a graph. */
class Part {
  readonly layer: MunitGenerator | UnitGenerator;
  readonly emitter: Emitter;

  constructor(graph: GraphBuilder, model: Model, domain: Domain) {
    this.layer = generatorLayer(model.architecture, domain);
    const names = new Map(officialParameters(this.layer).map(({ path, name }) => [path, name]));
    const weight = (path: string): Value => {
      const name = names.get(path) ?? '';
      const tensor = model.networks[domain].get(name);
      if (tensor === undefined) throw new ArgumentError(`The generator of ${domain} lacks '${name}' (${path}).`);
      return graph.floats(`gen_${domain}.${name}`, tensor.shape, tensor.data);
    };
    this.emitter = { graph, weight };
  }

  /** Of the content code. */
  get channels(): number {
    return this.layer.kind === 'munitGenerator' ? this.layer.contentEncoder.outputDim : this.layer.encoder.outputDim;
  }

  content(image: Value): Value {
    const { layer } = this;
    return layer.kind === 'munitGenerator'
      ? emitContentEncoder(this.emitter, layer.contentEncoder, 'contentEncoder', image)
      : emitContentEncoder(this.emitter, layer.encoder, 'encoder', image);
  }

  style(image: Value): Value {
    if (this.layer.kind !== 'munitGenerator') throw new ArgumentError('UNIT has no styles to encode.', { remedy: "Export 'content', 'decoder' or 'translate'." });
    return emitStyleEncoder(this.emitter, this.layer.styleEncoder, 'styleEncoder', image);
  }

  /** Asks for the style as an input of its own. */
  decode(graph: GraphBuilder, content: Value): Value {
    if (this.layer.kind === 'unitGenerator') return emitDecoder(this.emitter, this.layer.decoder, 'decoder', content);
    const style = graph.input('style', ['batch', this.layer.architecture.styleDim]);
    const adaIn = emitMlp(this.emitter, this.layer.mlp, 'mlp', style);
    return emitDecoder(this.emitter, this.layer.decoder, 'decoder', content, adaIn);
  }
}

function build(graph: GraphBuilder, model: Model, part: OnnxPart, domain: Domain): void {
  const { inputDim } = model.architecture;
  const own = new Part(graph, model, domain);
  if (part === 'content') {
    graph.output('content', own.content(graph.input('image', shape(IMAGE, inputDim[domain]))), shape(CONTENT, own.channels));
  } else if (part === 'style') {
    const image = graph.input('image', shape(IMAGE, inputDim[domain]));
    const styleDim = model.architecture.method === 'munit' ? model.architecture.styleDim : 0;
    graph.output('style', own.style(image), ['batch', styleDim]);
  } else if (part === 'decoder') {
    const content = graph.input('content', shape(CONTENT, own.channels));
    graph.output('image', own.decode(graph, content), shape(OUTPUT, inputDim[domain]));
  } else {
    const other = otherDomain(domain);
    const content = own.content(graph.input('image', shape(IMAGE, inputDim[domain])));
    graph.output('translated', new Part(graph, model, other).decode(graph, content), shape(OUTPUT, inputDim[other]));
  }
}

/**
 * One graph of a model. Images are float32 [N, C, H, W] in [−1, 1], of any number and size: from the generator's
 * `minimumSize` on; the output is as large as the input rounded down to a multiple of 2^nDownsample.
 * @throws ArgumentError when UNIT is asked for a style, or a weight is missing
 */
export function exportOnnx(model: Model, part: OnnxPart, domain: Domain): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder();
  build(graph, model, part, domain);
  const { architecture, domains } = model;
  const described = { part, domain, method: architecture.method, domains };
  return graph.done(`munit_${part}_${domain}`, { munit: JSON.stringify(described) });
}

/** All graphs of a model by file name: `content_a.onnx`, `style_a.onnx`, `decoder_a.onnx`, `translate_a_to_b.onnx`, and those of b. */
export function exportOnnxFiles(model: Model): Map<string, Uint8Array<ArrayBuffer>> {
  const parts: OnnxPart[] = model.architecture.method === 'munit' ? ['content', 'style', 'decoder', 'translate'] : ['content', 'decoder', 'translate'];
  const names = { a: 'a_to_b', b: 'b_to_a' };
  return new Map(
    domains.flatMap((domain) =>
      parts.map((part) => [`${part}_${part === 'translate' ? names[domain] : domain}.onnx`, exportOnnx(model, part, domain)] as const),
    ),
  );
}
