/** The page's side: a translator in a worker, with the interface of one in this thread. */
import { AbortedError, ArgumentError, checkOptions, type DeviceReport, type Domain } from '@munit/core';
import { type CallOptions, Channel, type ChannelEnd } from '@munit/core/channel';
import { Picture } from '../images/picture.js';
import { type ImageInput, pageMemory } from '../images/read.js';
import { type LoadTranslatorOptions, sentNames } from '../load/loadOptions.js';
import type { MemoryOptions } from '../networks/estimate.js';
import { TranslatorBase } from '../translator/base.js';
import { domainNames, encodeNames, translateNames } from '../translator/optionNames.js';
import type { ContentCode, ManyStyles, OneStyle, ProgressOptions, RunOptions, TranslateOptions, TranslateProgress, TranslatorApi, TranslatorMemory } from '../translator/types.js';
import { absolute, sendImage } from './images.js';
import { type Calls, errors, type SentContent, type SentLoadOptions, type SentPicture, type SentStyleOptions } from './protocol.js';

type ClientLoadOptions = Omit<LoadTranslatorOptions, 'fetch' | 'device'> & { readonly device?: DeviceReport['taken'] | 'auto' };

class RemoteContent implements ContentCode {
  readonly id: number;
  readonly domain: Domain;
  readonly width: number;
  readonly height: number;
  readonly #release: () => void;

  constructor({ content, domain, width, height }: SentContent, release: () => void) {
    this.id = content;
    this.domain = domain;
    this.width = width;
    this.height = height;
    this.#release = release;
  }

  dispose(): void {
    this.#release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const callOptions = ({ signal, onProgress }: ProgressOptions, transfer: readonly Transferable[]): CallOptions<TranslateProgress> => ({ signal, onProgress, transfer });

const pictureOf = ({ planes, style }: SentPicture): Picture => new Picture(planes, style);

/** A translator in a worker that runs `serveTranslator()`. */
export class TranslatorClient extends TranslatorBase<Picture> implements TranslatorApi {
  readonly #channel: Channel<Calls>;
  readonly #memoryLimit: number | undefined;
  #device: DeviceReport;

  private constructor(channel: Channel<Calls>, { device, ...facts }: Calls['load']['result'], memoryLimit: number | undefined) {
    super(facts);
    this.#channel = channel;
    this.#memoryLimit = memoryLimit;
    this.#device = device;
  }

  /** {@inheritDoc TranslatorInfo.device} */
  get device(): DeviceReport {
    return this.#device;
  }

  /**
   * Loads a model in a worker; the options are those of `loadTranslator`.
   *
   * @example
   * const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
   * const translator = await TranslatorClient.load(worker, 'https://example.org/edges2shoes/');
   */
  static async load(port: ChannelEnd, source: string | URL | Blob | Uint8Array | readonly Blob[], options: ClientLoadOptions = {}): Promise<TranslatorClient> {
    checkOptions('TranslatorClient.load', options, sentNames);
    const { signal, onProgress, ...rest } = options;
    const channel = new Channel<Calls>(port, { errors, remedy: 'Check the address of its script, and that it calls serveTranslator().' });
    try {
      const address = typeof source === 'string' || source instanceof URL ? absolute(source) : source;
      const args = { source: address, options: rest as SentLoadOptions };
      return new TranslatorClient(channel, await channel.call('load', args, { signal, onProgress }), options.memoryLimit);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** {@inheritDoc TranslatorApi.translate} */
  translate(image: ImageInput, options?: OneStyle): Promise<Picture>;
  translate(image: ImageInput, options: ManyStyles): Promise<Picture[]>;
  translate(images: readonly ImageInput[], options?: OneStyle): Promise<Picture[]>;
  translate(images: readonly ImageInput[], options: ManyStyles): Promise<Picture[][]>;
  async translate(input: ImageInput | readonly ImageInput[], options: TranslateOptions = {}): Promise<Picture | Picture[] | Picture[][]> {
    checkOptions('translate', options, translateNames);
    const list = Array.isArray(input);
    const parcels = await Promise.all((list ? (input as readonly ImageInput[]) : [input as ImageInput]).map(sendImage));
    const style = await sendStyleOptions(options);
    const args = { images: parcels.map(({ image }) => image), options: style.options };
    const sent = await this.#channel.call('translate', args, callOptions(options, [...parcels.flatMap(({ transfer }) => transfer), ...style.transfer]));
    const results = sent.map((pictures) => (options.styles === undefined ? pictureOf(pictures[0]!) : pictures.map(pictureOf)));
    return list ? (results as Picture[] | Picture[][]) : results[0]!;
  }

  /** {@inheritDoc TranslatorApi.encode} */
  async encode(image: ImageInput, options: RunOptions & { readonly from?: Domain } = {}): Promise<ContentCode> {
    checkOptions('encode', options, encodeNames);
    const { image: sent, transfer } = await sendImage(image);
    const answer = await this.#channel.call('encode', { image: sent, from: options.from }, { signal: options.signal, transfer });
    return new RemoteContent(answer, () => this.#channel.notify('release', { content: answer.content }));
  }

  /** {@inheritDoc TranslatorApi.decode} */
  decode(content: ContentCode, options?: OneStyle): Promise<Picture>;
  decode(content: ContentCode, options: ManyStyles): Promise<Picture[]>;
  async decode(content: ContentCode, options: TranslateOptions = {}): Promise<Picture | Picture[]> {
    checkOptions('decode', options, translateNames);
    if (!(content instanceof RemoteContent)) throw new ArgumentError('decode takes what encode of the same translator gave.');
    const style = await sendStyleOptions(options);
    const pictures = await this.#channel.call('decode', { content: content.id, options: style.options }, callOptions(options, style.transfer));
    return options.styles === undefined ? pictureOf(pictures[0]!) : pictures.map(pictureOf);
  }

  /** {@inheritDoc TranslatorApi.reconstruct} */
  async reconstruct(image: ImageInput, options: RunOptions & { readonly domain?: Domain } = {}): Promise<Picture> {
    checkOptions('reconstruct', options, domainNames);
    const { image: sent, transfer } = await sendImage(image);
    return pictureOf(await this.#channel.call('reconstruct', { image: sent, domain: options.domain }, { signal: options.signal, transfer }));
  }

  /** {@inheritDoc TranslatorApi.styleOf} */
  async styleOf(example: ImageInput, options: RunOptions & { readonly domain?: Domain } = {}): Promise<Float32Array> {
    checkOptions('styleOf', options, domainNames);
    const { image, transfer } = await sendImage(example);
    return this.#channel.call('styleOf', { image, domain: options.domain }, { signal: options.signal, transfer });
  }

  /** {@inheritDoc TranslatorApi.memory} */
  async memory(): Promise<TranslatorMemory> {
    const held = await this.#channel.call('memory', undefined);
    this.#device = held.device;
    return held;
  }

  /** {@inheritDoc TranslatorApi.recover} */
  async recover(): Promise<void> {
    this.#device = await this.#channel.call('recover', undefined);
  }

  /** Frees the model in the worker. The worker keeps running: whoever started it terminates it. */
  dispose(): void {
    this.#channel.notify('dispose', undefined);
    this.#channel.close(new AbortedError('The translator was disposed of.'));
  }

  protected override memoryOptions(): MemoryOptions {
    return { memoryLimit: this.#memoryLimit, hostMemory: pageMemory() };
  }
}

async function sendStyleOptions({ signal: _, onProgress: __, example, ...options }: TranslateOptions): Promise<{ options: SentStyleOptions; transfer: Transferable[] }> {
  if (example === undefined) return { options, transfer: [] };
  const { image, transfer } = await sendImage(example);
  return { options: { ...options, example: image }, transfer };
}
