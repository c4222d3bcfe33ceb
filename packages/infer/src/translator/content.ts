/** Images to contents and styles, and back: at once where the device has the memory, in bands where it has not. */
import { ArgumentError, DeviceLostError, type Domain, type PerDomain, readTensor, tensor, type Tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import type { GeneratorsArchitecture } from '@munit/formats';
import type { FloatImage, Size } from '@munit/images';
import { cropTo, padTo, paddedSize } from '../images/padding.js';
import { tensorOf } from '../images/tensors.js';
import type { RepeatedWork } from '../networks/captures.js';
import type { Engine } from '../networks/engine.js';
import type { Network } from '../networks/network.js';
import type { NormAverages } from '../tiles/averages.js';
import { type BandsEstimate, estimateFor, type Generators, type MemoryOptions, planWork } from '../networks/estimate.js';
import type { Step } from '../tiles/rows.js';
import { countBands } from '../tiles/count.js';
import { type BandedContent, decodeInBands, encodeInBands, styleInBands } from '../tiles/tiles.js';
import type { ContentCode } from './types.js';

/** On the device, [1, h, w, c], or of an image too large for it in the process's memory. */
export type ContentMap = { readonly kind: 'tensor'; readonly code: Tensor4D } | { readonly kind: 'bands'; readonly content: BandedContent };

/** Owns its tensor. */
export class EncodedContent implements ContentCode {
  readonly domain: Domain;
  readonly width: number;
  readonly height: number;
  readonly #engine: Engine;
  readonly #generation: number;
  #map: ContentMap | undefined;
  readonly #onDispose: (content: EncodedContent) => void;

  constructor(engine: Engine, domain: Domain, size: Size, map: ContentMap, onDispose: (content: EncodedContent) => void) {
    this.domain = domain;
    this.width = size.width;
    this.height = size.height;
    this.#engine = engine;
    this.#generation = engine.generation;
    this.#map = map;
    this.#onDispose = onDispose;
  }

  /** @throws ArgumentError when it is another translator's or disposed of; DeviceLostError when its device is gone */
  mapFor(engine: Engine): ContentMap {
    if (engine !== this.#engine) throw new ArgumentError('The content was encoded by another translator.', { remedy: 'Encode the image with this one.' });
    if (this.#map === undefined) throw new ArgumentError('The content was disposed of.', { remedy: 'Encode the image again, or dispose of it later.' });
    if (this.#map.kind === 'tensor' && this.#generation !== engine.generation) {
      throw new DeviceLostError('The device was lost, and the encoded content with it.', { remedy: 'Encode the image again.' });
    }
    return this.#map;
  }

  dispose(): void {
    if (this.#map === undefined) return;
    if (this.#map.kind === 'tensor') this.#map.code.dispose();
    this.#map = undefined;
    this.#onDispose(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What the work on one image needs of its translator. */
export interface TranslationContext {
  readonly engine: Engine;
  readonly architecture: GeneratorsArchitecture;
  readonly generators: Generators;
  readonly weightBytes: number;
  readonly memory: () => MemoryOptions;
}

/** An image, and how it goes through the networks: decided once, for what memory is left changes on the way. */
export interface PlannedImage {
  readonly planes: FloatImage;
  /** Undefined: at once. */
  readonly bands: BandsEstimate | undefined;
}

/** @throws OutOfMemoryError with the size that would fit */
export const plan = ({ engine, generators, weightBytes, memory }: TranslationContext, planes: FloatImage): PlannedImage => ({
  planes,
  bands: planWork(generators, engine.device.report, planes, weightBytes, memory()),
});

/** How many bands all passes over an image take: of the encoder, and of one decoding. 0 where it goes at once. */
export function bandsOf(context: TranslationContext, { planes, bands }: PlannedImage): { readonly encode: number; readonly decode: number } {
  return bands === undefined ? { encode: 0, decode: 0 } : countBands(context.architecture, paddedFor(context, planes, 'a').height, bands.rows);
}

/** The bands that one decoding of a content takes. */
export const bandsToDecode = ({ architecture }: TranslationContext, content: ContentMap): number =>
  content.kind === 'tensor' ? 0 : countBands(architecture, content.content.size.height, content.content.rows).decode;

function paddedFor({ engine }: TranslationContext, size: Size, domain: Domain): Size {
  const { sizeMultiple, contentMinimum } = engine.networks[domain];
  return paddedSize(size, sizeMultiple, contentMinimum);
}

const repeated = ({ engine, generators, weightBytes, memory }: TranslationContext, name: string, size: Size): RepeatedWork => ({
  name,
  peakBytes: () => estimateFor(generators, engine.device.report, size, weightBytes, memory()).peakBytes,
  limitBytes: memory().memoryLimit,
});

/** `averages`: of a frame of a film, those of the encoder's norms, which change from frame to frame. */
export async function encodeContent(context: TranslationContext, { planes, bands }: PlannedImage, domain: Domain, step: Step, averages?: NormAverages): Promise<ContentMap> {
  const padded = padTo(planes, paddedFor(context, planes, domain));
  if (bands !== undefined) return { kind: 'bands', content: await encodeInBands(context.engine, domain, padded, bands, step, await averages?.inBands()) };
  const { engine } = context;
  const what = 'Encoding the content';
  const code = averages === undefined
    ? await engine.repeat(what, repeated(context, `encode ${domain}`, planes), () => [tensorOf(padded)], (networks, [image]) => networks[domain].encodeContent(image as Tensor4D))
    : await engine.run(what, (networks) => networks[domain].encodeContent(tensorOf(padded), averages.onDevice()));
  return { kind: 'tensor', code };
}

/** [styleDim]; of models that have styles. */
export async function encodeStyle({ engine }: TranslationContext, { planes, bands }: PlannedImage, domain: Domain, step: Step): Promise<Float32Array> {
  // Any size will do: only what is too small for the encoder is enlarged.
  const padded = padTo(planes, paddedSize(planes, 1, engine.networks[domain].styleMinimum));
  if (bands !== undefined) return styleInBands(engine, domain, padded, bands, step);
  const style = await engine.run('Encoding the style', (networks) => networks[domain].encodeStyle?.(tensorOf(padded)) as Tensor2D);
  try {
    return await readTensor(style);
  } finally {
    style.dispose();
  }
}

/** The image of `size` that a content gives in a style; without a style for UNIT. `averages`: of a frame of a film, those of the decoder's norms. */
export async function decodeContent(context: TranslationContext, content: ContentMap, to: Domain, style: Float32Array | undefined, size: Size, step: Step, averages?: NormAverages): Promise<FloatImage> {
  const { engine } = context;
  if (content.kind === 'bands') return decodeInBands(engine, to, content.content, style, size, step, await averages?.inBands());
  const inputs = (): readonly Tensor[] => [content.code, ...(style === undefined ? [] : [tensor(style, [1, style.length])])];
  const decode = (networks: PerDomain<Network>, [code, styleCode]: readonly Tensor[]): Tensor4D =>
    networks[to].decode(code as Tensor4D, styleCode as Tensor2D | undefined, averages?.onDevice());
  const image = averages === undefined
    ? await engine.repeat('Decoding', repeated(context, `decode ${to}`, size), inputs, decode)
    : await engine.run('Decoding', (networks) => decode(networks, inputs()));
  try {
    const values = (await readTensor(image)) as Float32Array<ArrayBuffer>;
    const [, height, width, channels] = image.shape;
    return cropTo({ width, height, channels, values }, size);
  } finally {
    image.dispose();
  }
}
