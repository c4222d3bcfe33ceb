/** A model in use. */
import {
  ArgumentError,
  checkInteger,
  checkOneOf,
  checkOptions,
  type Device,
  DeviceLostError,
  type DeviceReport,
  type Domain,
  domains,
  openDevice,
  otherDomain,
  type PerDomain,
  readTensor,
  shownValue,
  tensor,
  type Tensor2D,
  type Tensor4D,
} from '@munit/core';
import { type DomainInfo, generatorLayer, type GeneratorsArchitecture, hasGenerator } from '@munit/formats';
import { countParameters } from '@munit/layers';
import { aboutOf, type ModelAbout } from '../about.js';
import type { NormAverages } from '../tiles/averages.js';
import { checkWindow, filmNames, type FilmOptions, FilmTranslator } from './film.js';
import type { Size } from '@munit/images';
import type { Picture } from '../images/picture.js';
import { paddedSize } from '../images/padding.js';
import { type ImageInput, type ImagePlatform, readImage, webPlatform } from '../images/read.js';
import { tensorOf } from '../images/tensors.js';
import { Engine } from '../networks/engine.js';
import type { MemoryOptions } from '../networks/estimate.js';
import type { GeneratorNetworks } from '../networks/network.js';
import type { Step } from '../tiles/rows.js';
import { TranslatorBase } from './base.js';
import { factsOf } from './facts.js';
import { bandsOf, bandsToDecode, decodeContent, EncodedContent, encodeContent, encodeStyle, plan, type PlannedImage, type TranslationContext } from './content.js';
import { domainNames, encodeNames, translateNames } from './optionNames.js';
import { checkAborted, checkStyleOptions, createEventLoopYield, planStyles } from './schedule.js';
import { translatorNames, type TranslatorOptions } from './translatorOptions.js';
import type { ContentCode, ManyStyles, OneStyle, ProgressOptions, RunOptions, TranslateOptions, TranslatorApi, TranslatorInfo, TranslatorMemory } from './types.js';

type Style = Float32Array | undefined;

export interface TranslatorParts<P extends Picture> extends Omit<TranslatorInfo, 'device'> {
  readonly engine: Engine;
  readonly platform: ImagePlatform<P>;
  /** The most bytes that the work on one image may take on the device; undefined: what the device says. */
  readonly memoryLimit?: number | undefined;
}

/** Called after each picture, with its place among those of its image. */
type OnDecoded = (style: number, styles: number) => void;

/** @see createTranslator, loadTranslator */
export class Translator<P extends Picture = Picture> extends TranslatorBase<P> implements TranslatorApi<P> {
  readonly #engine: Engine;
  readonly #platform: ImagePlatform<P>;
  readonly #memoryLimit: number | undefined;
  readonly #yieldToEventLoop = createEventLoopYield();
  readonly #contents = new Set<EncodedContent>();

  constructor({ engine, platform, memoryLimit, ...info }: TranslatorParts<P>) {
    super(factsOf(info));
    this.#engine = engine;
    this.#platform = platform;
    this.#memoryLimit = memoryLimit;
  }

  /** {@inheritDoc TranslatorInfo.device} */
  get device(): DeviceReport {
    return this.#engine.device.report;
  }

  /** {@inheritDoc TranslatorApi.translate} */
  translate(image: ImageInput, options?: OneStyle): Promise<P>;
  translate(image: ImageInput, options: ManyStyles): Promise<P[]>;
  translate(images: readonly ImageInput[], options?: OneStyle): Promise<P[]>;
  translate(images: readonly ImageInput[], options: ManyStyles): Promise<P[][]>;
  async translate(input: ImageInput | readonly ImageInput[], options: TranslateOptions = {}): Promise<P | P[] | P[][]> {
    checkOptions('translate', options, translateNames);
    const images: readonly ImageInput[] = isList(input) ? input : [input];
    const to = checkDomain(options.to ?? 'b');
    this.needGenerator(to);
    const styles = await this.#stylesFor(options, to, images.length);
    const results: P[][] = [];
    for (const [i, image] of images.entries()) {
      const planned = await this.#read(image, otherDomain(to), options.signal);
      const progress = { image: i, images: images.length };
      const pictures = await this.#surviving(async () => {
        const list = styles[i] ?? [];
        const bands = bandsOf(this.#context, planned);
        const step = this.#steps(options, { ...progress, total: bands.encode + list.length * bands.decode });
        const content = await this.#encode(planned, otherDomain(to), step);
        options.onProgress?.({ kind: 'encoded', ...progress });
        return this.#decodeAndDispose(content, to, list, options, step, (style, count) => {
          options.onProgress?.({ kind: 'decoded', ...progress, style, styles: count });
        });
      });
      results.push(pictures);
    }
    const shaped = options.styles === undefined ? results.map((pictures) => pictures[0] as P) : results;
    return isList(input) ? (shaped as P[] | P[][]) : (shaped[0] as P | P[]);
  }

  /** {@inheritDoc TranslatorApi.encode} */
  async encode(image: ImageInput, options: RunOptions & { readonly from?: Domain } = {}): Promise<ContentCode> {
    checkOptions('encode', options, encodeNames);
    const from = checkDomain(options.from ?? 'a');
    const planned = await this.#read(image, from, options.signal);
    return this.#surviving(() => this.#encode(planned, from, this.#steps(options)));
  }

  /** {@inheritDoc TranslatorApi.decode} */
  decode(content: ContentCode, options?: OneStyle): Promise<P>;
  decode(content: ContentCode, options: ManyStyles): Promise<P[]>;
  async decode(content: ContentCode, options: TranslateOptions = {}): Promise<P | P[]> {
    checkOptions('decode', options, translateNames);
    if (!(content instanceof EncodedContent)) throw new ArgumentError('decode takes what encode of the same translator gave.');
    const bands = bandsToDecode(this.#context, content.mapFor(this.#engine));
    const to = checkDomain(options.to ?? otherDomain(content.domain));
    this.needGenerator(to);
    const [styles = []] = await this.#stylesFor(options, to, 1);
    const step = this.#steps(options, { image: 0, images: 1, total: styles.length * bands });
    const pictures = await this.#decodeAll(content, to, styles, options, step, (style, count) => {
      options.onProgress?.({ kind: 'decoded', image: 0, images: 1, style, styles: count });
    });
    return options.styles === undefined ? (pictures[0] as P) : pictures;
  }

  /**
   * Translates a film frame by frame, in one style, which is drawn or encoded now. The caller disposes of it.
   * @throws as `translate`; ArgumentError for a window that is not from 1 to 1000 frames
   */
  async film(options: FilmOptions = {}): Promise<FilmTranslator<P>> {
    checkOptions('film', options, filmNames);
    const { to = 'b', stabilise, ...how } = options;
    this.needGenerator(checkDomain(to));
    const window = checkWindow(stabilise);
    const [[style] = []] = await this.#stylesFor(how, to, 1);
    let generation = this.#engine.generation;
    return new FilmTranslator<P>({
      window,
      style,
      styleDim: this.styleDim,
      read: (image, { signal }) => this.#read(image, otherDomain(to), signal),
      styleOf: (image, { signal }) => this.styleOf(image, { signal, domain: to }),
      translate: (planned, ofFrame, averages, ofCall) =>
        this.#surviving(() => {
          if (generation !== this.#engine.generation) for (const own of Object.values(averages ?? {})) own.abandon();
          generation = this.#engine.generation;
          return this.#translateFrame(planned as PlannedImage, to, ofFrame, averages, ofCall);
        }),
    });
  }

  /** {@inheritDoc TranslatorApi.reconstruct} */
  async reconstruct(image: ImageInput, options: RunOptions & { readonly domain?: Domain } = {}): Promise<P> {
    checkOptions('reconstruct', options, domainNames);
    const domain = checkDomain(options.domain ?? 'a');
    this.needGenerator(domain);
    if (this.styleDim > 0) this.needStyleEncoder('reconstruct', domain);
    const planned = await this.#read(image, domain, options.signal);
    const pictures = await this.#surviving(async () => {
      const step = this.#steps(options);
      const style = this.styleDim === 0 ? undefined : await encodeStyle(this.#context, planned, domain, step);
      return this.#decodeAndDispose(await this.#encode(planned, domain, step), domain, [style], options, step);
    });
    return pictures[0] as P;
  }

  /** {@inheritDoc TranslatorApi.styleOf} */
  async styleOf(example: ImageInput, options: RunOptions & { readonly domain?: Domain } = {}): Promise<Float32Array> {
    checkOptions('styleOf', options, domainNames);
    this.needStyles('styleOf');
    const domain = checkDomain(options.domain ?? 'b');
    this.needStyleEncoder('styleOf', domain);
    const planned = await this.#read(example, domain, options.signal);
    return this.#surviving(() => encodeStyle(this.#context, planned, domain, this.#steps(options)));
  }

  /**
   * The values of a content, [1, h, w, c] flattened, to compare contents with each other.
   * @throws ArgumentError when it is another translator's, disposed of, or of an image that goes through in bands
   */
  async readContent(content: ContentCode): Promise<Float32Array> {
    if (!(content instanceof EncodedContent)) throw new ArgumentError('readContent takes what encode of the same translator gave.');
    const map = content.mapFor(this.#engine);
    if (map.kind === 'bands') throw new ArgumentError('The content of an image that goes through in bands cannot be read.', { remedy: 'Use a smaller image.' });
    return readTensor(map.code);
  }

  /**
   * Builds the programs that translations need, on a GPU where that takes a while; elsewhere runs a small one. For images of `size`, a GPU is
   * also measured for what suits them, unless `tuneTiles` is off: at most a few seconds, once per adapter and size. Sizes that go through in
   * bands are not measured.
   */
  async warmUp(size?: Size): Promise<void> {
    if (size !== undefined) {
      checkInteger('warmUp', 'width', size.width, 1);
      checkInteger('warmUp', 'height', size.height, 1);
    }
    this.#engine.activate();
    const whole = size !== undefined && this.estimateTranslation(size).fits ? size : undefined;
    const { width, height } = whole ?? { width: 64, height: 64 };
    const { contentMinimum, sizeMultiple } = this.#engine.networks.b;
    const padded = paddedSize({ width, height }, sizeMultiple, contentMinimum);
    const blank = ({ width, height }: Size, channels: number): Tensor4D => tensorOf({ width, height, channels, values: new Float32Array(width * height * channels) });
    const work = (): void => {
      for (const domain of domains) {
        const { [domain]: own, [otherDomain(domain)]: other } = this.#engine.networks;
        const style = this.styleDim === 0 ? undefined : (tensor(new Float32Array(this.styleDim), [1, this.styleDim]) as Tensor2D);
        if (hasGenerator(this.architecture, otherDomain(domain))) other.decode(own.encodeContent(blank(padded, own.channels)), style);
        own.encodeStyle?.(blank(paddedSize({ width, height }, 1, own.styleMinimum), own.channels));
      }
    };
    await this.#engine.device.warmUp(work, { measure: whole !== undefined });
  }

  /** {@inheritDoc TranslatorApi.memory} */
  async memory(): Promise<TranslatorMemory> {
    return { ...this.#engine.memory(), device: this.device };
  }

  /** {@inheritDoc TranslatorApi.recover} */
  recover(): Promise<void> {
    return this.#engine.recover();
  }

  /** {@inheritDoc TranslatorApi.dispose} */
  dispose(): void {
    for (const content of this.#contents) content.dispose();
    this.#engine.dispose();
  }

  async #read(image: ImageInput, domain: Domain, signal: AbortSignal | undefined): Promise<PlannedImage> {
    checkAborted(signal, 'The translation');
    const planes = await readImage(image, this.#engine.networks[domain].channels, this.#platform, signal);
    checkAborted(signal, 'The translation');
    return plan(this.#context, planes);
  }

  async #stylesFor(options: TranslateOptions, to: Domain, images: number): Promise<Style[][]> {
    checkStyleOptions(options, this.styleDim);
    const example = options.example === undefined ? undefined : await this.styleOf(options.example, { domain: to, signal: options.signal });
    return planStyles(options, this.styleDim, images, example);
  }

  protected override memoryOptions(): MemoryOptions {
    return { memoryLimit: this.#memoryLimit, hostMemory: this.#platform.hostMemory?.() };
  }

  get #context(): TranslationContext {
    return { engine: this.#engine, architecture: this.architecture, generators: this.facts.generators, weightBytes: this.weightBytes, memory: () => this.memoryOptions() };
  }

  /** Before each band: lets the event loop turn, checks for an abort, reports progress. */
  #steps({ signal, onProgress }: ProgressOptions, of?: { readonly image: number; readonly images: number; readonly total: number }): Step {
    let done = 0;
    return async () => {
      await this.#yieldToEventLoop();
      checkAborted(signal, 'The translation');
      if (of !== undefined) onProgress?.({ kind: 'band', ...of, done });
      done += 1;
    };
  }

  async #encode(planned: PlannedImage, domain: Domain, step: Step): Promise<EncodedContent> {
    const map = await encodeContent(this.#context, planned, domain, step);
    const content = new EncodedContent(this.#engine, domain, planned.planes, map, (gone) => this.#contents.delete(gone));
    this.#contents.add(content);
    return content;
  }

  async #translateFrame(planned: PlannedImage, to: Domain, style: Style, averages: { readonly encoder: NormAverages; readonly decoder: NormAverages } | undefined, options: ProgressOptions): Promise<P> {
    const step = this.#steps(options);
    await step();
    const from = otherDomain(to);
    const content = new EncodedContent(this.#engine, from, planned.planes, await encodeContent(this.#context, planned, from, step, averages?.encoder), () => undefined);
    try {
      return this.#platform.picture(await decodeContent(this.#context, content.mapFor(this.#engine), to, style, content, step, averages?.decoder), style);
    } finally {
      content.dispose();
    }
  }

  /** One after the other, so that memory does not grow with their number. */
  async #decodeAll(content: EncodedContent, to: Domain, styles: readonly Style[], options: ProgressOptions, step: Step, onDecoded?: OnDecoded): Promise<P[]> {
    const pictures: P[] = [];
    for (const [i, style] of styles.entries()) {
      await this.#yieldToEventLoop();
      checkAborted(options.signal, 'The translation');
      const planes = await decodeContent(this.#context, content.mapFor(this.#engine), to, style, content, step);
      pictures.push(this.#platform.picture(planes, style));
      onDecoded?.(i, styles.length);
    }
    return pictures;
  }

  async #decodeAndDispose(content: EncodedContent, to: Domain, styles: readonly Style[], options: ProgressOptions, step: Step, onDecoded?: OnDecoded): Promise<P[]> {
    try {
      return await this.#decodeAll(content, to, styles, options, step, onDecoded);
    } finally {
      content.dispose();
    }
  }

  /** Once more on a new device when the device is lost on the way. */
  async #surviving<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || !this.#engine.recoverable) throw error;
      await this.recover();
      return work();
    }
  }
}

const isList = (input: ImageInput | readonly ImageInput[]): input is readonly ImageInput[] => Array.isArray(input);

/** @throws ArgumentError unless it is 'a' or 'b' */
function checkDomain(domain: Domain): Domain {
  if (domain === 'a' || domain === 'b') return domain;
  throw new ArgumentError(`There is no domain '${shownValue(domain)}'.`, { remedy: "Use 'a' or 'b'." });
}

/** What a translator is made of: a `Model` of `@munit/formats`, or the parameters of a training run, which stay the caller's. */
export type TranslatorModel = GeneratorNetworks &
  Partial<ModelAbout> & { readonly architecture: GeneratorsArchitecture; readonly domains?: PerDomain<DomainInfo> };

/** How the device is opened, and whose it is. */
function opening(options: TranslatorOptions): { readonly open: () => Promise<Device>; readonly ownsDevice: boolean } {
  const { device = 'auto', threads, allowSoftware, powerPreference, dawnOptions, tuneTiles } = options;
  if (typeof device === 'object') return { open: () => Promise.resolve(device), ownsDevice: false };
  return { open: () => openDevice(device, { threads, allowSoftware, powerPreference, dawnOptions, tuneTiles }), ownsDevice: true };
}

/** `createTranslator` for a platform of its own. */
export async function createTranslatorOn<P extends Picture>(
  platform: ImagePlatform<P>,
  model: TranslatorModel,
  options: TranslatorOptions,
): Promise<Translator<P>> {
  const { architecture, domains = { a: { name: 'a' }, b: { name: 'b' } } } = model;
  if ('parameters' in model && typeof options.device !== 'object') {
    throw new ArgumentError('Parameters on a device need that device.', { remedy: 'Pass it as `device`.' });
  }
  const { memoryLimit, storage } = options;
  if (storage !== undefined) checkOneOf('createTranslator', 'storage', storage, ['float32', 'float16']);
  if (memoryLimit !== undefined && !(memoryLimit > 0)) {
    throw new ArgumentError(`The memory limit must be above 0 bytes, but it is ${memoryLimit}.`);
  }
  const engine = await Engine.open({ architecture, model, storage, ...opening(options) });
  const weightBytes = 4 * (countParameters(generatorLayer(architecture, 'a')) + countParameters(generatorLayer(architecture, 'b')));
  return new Translator({ engine, platform, domains, architecture, about: aboutOf(model), weightBytes, memoryLimit });
}

/**
 * A translator of `{ architecture, networks }` (weights by their published names, as `loadModel` gives them) or
 * `{ architecture, parameters }` (those of a run, on the `device` that is passed; they stay the caller's).
 * @throws CheckpointMismatchError when the weights do not fit; DeviceUnavailableError
 */
export async function createTranslator(model: TranslatorModel, options: TranslatorOptions = {}): Promise<Translator> {
  checkOptions('createTranslator', options, translatorNames);
  return createTranslatorOn(webPlatform, model, options);
}
