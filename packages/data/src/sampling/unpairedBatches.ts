import { AbortedError, checkInteger, checkOptions, DataError, type Domain, type OptionNames, type PerDomain, perDomain } from '@munit/core';
import { type ImageBatch, type PixelImage, type Size, squareOrSize, writeCropInNetworkRange } from '@munit/images';
import { ImageCache } from '../sources/imageCache.js';
import type { ImageSource } from '../sources/types.js';
import { DomainStream } from './domainStream.js';
import type { Taken } from './domainStream.js';
import { Signal, yieldToEventLoop } from './eventLoop.js';
import { fingerprintOf, keyedRng } from './keyedRng.js';
import { WaitStopwatch } from './stopwatch.js';
import type { BatchesState, BatchesStats, DataNotice, DomainState, UnpairedBatch, UnpairedReader } from './types.js';

/** What `UnpairedBatches` reads, and how it makes batches of it. */
export interface UnpairedBatchesOptions {
  /** The two domains, of any two sizes. Owned from now on: `dispose()` disposes of them. */
  readonly sources: PerDomain<ImageSource>;
  /** Images of each domain in a batch, at least 1. */
  readonly batchSize: number;
  /** Size of the random crop; every picture must be at least that large once its source has resized it. */
  readonly crop: number | Size;
  /** Mirror half of the pictures left to right. Default true. */
  readonly flip?: boolean;
  /**
   * The images of the two sources are pairs by their places: both domains are taken in one order, with the same crops and mirrored
   * together. A pair of which one image is broken is skipped. Default false.
   */
  readonly paired?: boolean;
  /** A whole number from 0 to 2³² − 1. */
  readonly seed: number;
  /** Continue where this state was taken; its seed replaces `seed`. */
  readonly state?: BatchesState | undefined;
  /** Batches prepared ahead. Default 4. */
  readonly prefetch?: number;
  /** Decoded, resized pictures kept in memory, for both domains together. Default 512 MiB; 0 keeps none. */
  readonly cacheBytes?: number;
  /** Fail on the first broken picture. Default false. */
  readonly strict?: boolean;
  /** Broken pictures that a domain may have. Default: a tenth of it, but at least 16. */
  readonly maxBroken?: number | undefined;
  /** Called once for each broken image, and for what is odd about others. */
  readonly onNotice?: (notice: DataNotice) => void;
}

/** Their names, by which unknown ones are refused. */
export const batchesNames: OptionNames<UnpairedBatchesOptions> = {
  sources: true,
  batchSize: true,
  crop: true,
  flip: true,
  paired: true,
  seed: true,
  state: true,
  prefetch: true,
  cacheBytes: true,
  strict: true,
  maxBroken: true,
  onNotice: true,
};

const domainKeys: PerDomain<number> = { a: 0, b: 1 };
/** Pairs have one order. */
const pairKeys: PerDomain<number> = { a: 0, b: 0 };
const defaultCacheBytes = 512 * 1024 * 1024;
/** Distinguishes the keys of a picture's crop and flip from those of its epoch's shuffle. */
const augmentationKey = 1;

function startOf(source: ImageSource, domain: Domain, state: BatchesState | undefined): DomainState {
  const images = source.names.length;
  if (images === 0) throw new DataError(`${source.label} holds no images.`, { remedy: 'Give a folder or list with images.' });
  const fingerprint = fingerprintOf(source.names);
  const saved = state?.domains[domain];
  if (saved === undefined) return { images, fingerprint, epoch: 0, position: 0 };
  if (saved.images !== images || saved.fingerprint !== fingerprint) {
    throw new DataError(
      `The images of domain ${domain.toUpperCase()} (${source.label}) are not those that the saved position belongs to: ` +
        `there were ${saved.images}, there are ${images}${saved.images === images ? ' with other names' : ''}.`,
      { remedy: 'Restore the data set as it was, or begin the order of the images again, without the saved position (`munit train --resume` with --new-images keeps the weights).' },
    );
  }
  return saved;
}

/** Whether one place of an order comes before another: below 0 where `a`'s does. */
const compare = ({ place: a }: Taken, { place: b }: Taken): number => a.epoch - b.epoch || a.position - b.position;

/** @throws DataError unless the sources have as many images */
function checkPaired({ a, b }: PerDomain<ImageSource>): void {
  if (a.names.length === b.names.length) return;
  throw new DataError(`Pairs need as many images in both domains, but ${a.label} has ${a.names.length} and ${b.label} ${b.names.length}.`, {
    remedy: 'Give side-by-side images, or two folders with the same names.',
  });
}

/**
 * Unpaired training batches: each domain in its own endless, reshuffled order, random crop and mirror, as float32 NHWC in [-1, 1].
 *
 * The sequence is a function of the seed, the sources and the options alone: not of timing, of the number of decode
 * processes, of the prefetch depth or of the cache. `state()` is small JSON; restoring it gives bit-identical further batches.
 * Broken images are skipped (the next of the order takes their place), reported once, and fatal past a limit.
 * With `paired`, what belongs together stays together.
 *
 * @example
 * const batches = new UnpairedBatches({ sources, batchSize: 1, crop: 256, seed: 1 });
 * try {
 *   const { a, b, state } = await batches.next(); // a.data: Float32Array, a.shape: [1, 256, 256, 3]
 * } finally {
 *   await batches.dispose();
 * }
 */
export class UnpairedBatches implements UnpairedReader {
  readonly #seed: number;
  readonly #batchSize: number;
  readonly #crop: Size;
  readonly #flip: boolean;
  readonly #paired: boolean;
  readonly #keys: PerDomain<number>;
  readonly #prefetch: number;
  readonly #cache: ImageCache;
  readonly #sources: PerDomain<ImageSource>;
  readonly #streams: PerDomain<DomainStream>;
  readonly #stopwatch = new WaitStopwatch();
  readonly #changed = new Signal();
  readonly #ready: UnpairedBatch[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** After the last batch that was handed out. */
  #state: BatchesState;
  #producing = false;
  #disposed = false;

  /**
   * @throws ArgumentError for an option out of range
   * @throws DataError for an empty source or a state of other data
   */
  constructor(options: UnpairedBatchesOptions) {
    checkOptions('UnpairedBatches', options, batchesNames);
    const { sources, state } = options;
    this.#seed = state?.seed ?? options.seed;
    this.#batchSize = options.batchSize;
    this.#crop = squareOrSize(options.crop);
    this.#flip = options.flip ?? true;
    this.#paired = options.paired ?? false;
    this.#keys = this.#paired ? pairKeys : domainKeys;
    this.#prefetch = options.prefetch ?? 4;
    checkInteger('UnpairedBatches', 'seed', this.#seed, 0);
    checkInteger('UnpairedBatches', 'batchSize', this.#batchSize, 1);
    checkInteger('UnpairedBatches', 'crop.height', this.#crop.height, 1);
    checkInteger('UnpairedBatches', 'crop.width', this.#crop.width, 1);
    checkInteger('UnpairedBatches', 'prefetch', this.#prefetch, 1);
    if (this.#paired) checkPaired(sources);
    this.#cache = new ImageCache(options.cacheBytes ?? defaultCacheBytes);
    const domains = { a: startOf(sources.a, 'a', state), b: startOf(sources.b, 'b', state) };
    this.#state = { version: 1, seed: this.#seed, batches: state?.batches ?? 0, domains };
    this.#sources = { a: this.#cache.wrap(sources.a), b: this.#cache.wrap(sources.b) };
    const stream = (domain: Domain): DomainStream =>
      new DomainStream({
        domain,
        source: this.#sources[domain],
        keys: [this.#seed, this.#keys[domain]],
        start: domains[domain],
        ahead: this.#batchSize * this.#prefetch,
        maxBroken: options.strict === true ? 0 : (options.maxBroken ?? Math.max(16, Math.floor(sources[domain].names.length / 10))),
        reject: (image) => this.#tooSmall(image),
        onNotice: options.onNotice ?? (() => undefined),
      });
    this.#streams = perDomain(stream);
  }

  next(signal?: AbortSignal): Promise<UnpairedBatch> {
    return this.#stopwatch.time(() => this.#next(signal));
  }

  state(): BatchesState {
    return this.#state;
  }

  stats(): BatchesStats {
    return {
      ...this.#stopwatch.read(),
      cacheHits: this.#cache.hits,
      cacheMisses: this.#cache.misses,
      cacheBytes: this.#cache.bytes,
      broken: { a: this.#streams.a.brokenCount, b: this.#streams.b.brokenCount },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#ready.length = 0;
    this.#changed.notify();
    await Promise.all([this.#sources.a.dispose(), this.#sources.b.dispose()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #next(signal: AbortSignal | undefined): Promise<UnpairedBatch> {
    const wake = (): void => this.#changed.notify();
    signal?.addEventListener('abort', wake, { once: true });
    try {
      this.#produce();
      await yieldToEventLoop();
      for (;;) {
        if (this.#disposed) throw new AbortedError('The batches were disposed of.');
        if (signal?.aborted === true) throw new AbortedError('Waiting for a batch was aborted.', { cause: signal.reason });
        const batch = this.#ready.shift();
        if (batch !== undefined) {
          this.#state = batch.state;
          this.#changed.notify();
          return batch;
        }
        if (this.#failure !== undefined) throw this.#failure.error;
        await this.#changed.wait();
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  /** Starts the one loop that fills the queue. */
  #produce(): void {
    if (this.#producing) return;
    this.#producing = true;
    void this.#fillQueue().catch((error: unknown) => {
      this.#failure = { error };
      this.#changed.notify();
    });
  }

  async #fillQueue(): Promise<void> {
    let state = this.#state;
    while (!this.#disposed) {
      if (this.#ready.length >= this.#prefetch) {
        await this.#changed.wait();
        continue;
      }
      const taken = this.#paired ? await this.#takePairs() : await this.#takeBoth();
      const [a, b] = [this.#batchOf('a', taken.a), this.#batchOf('b', taken.b)];
      state = {
        ...state,
        batches: state.batches + 1,
        domains: { a: { ...state.domains.a, ...a.after }, b: { ...state.domains.b, ...b.after } },
      };
      if (this.#disposed) return;
      this.#ready.push({ a: a.batch, b: b.batch, state });
      this.#changed.notify();
    }
  }

  async #takeBoth(): Promise<PerDomain<Taken[]>> {
    const take = async (domain: Domain): Promise<Taken[]> => {
      const taken: Taken[] = [];
      while (taken.length < this.#batchSize) taken.push(await this.#streams[domain].take());
      return taken;
    };
    const [a, b] = await Promise.all([take('a'), take('b')]);
    return { a, b };
  }

  /** Where one domain skips a broken image, the other skips its partner. @throws DataError for a pair of two sizes */
  async #takePairs(): Promise<PerDomain<Taken[]>> {
    const pairs: PerDomain<Taken[]> = { a: [], b: [] };
    while (pairs.a.length < this.#batchSize) {
      let [a, b] = await Promise.all([this.#streams.a.take(), this.#streams.b.take()]);
      for (let order = compare(a, b); order !== 0; order = compare(a, b)) {
        if (order < 0) a = await this.#streams.a.take();
        else b = await this.#streams.b.take();
      }
      if (a.image.width !== b.image.width || a.image.height !== b.image.height) {
        throw new DataError(`The pair ${a.name} and ${b.name} has images of ${a.image.width}×${a.image.height} and ${b.image.width}×${b.image.height} after resizing.`, {
          remedy: 'Give both images of a pair the same shape, and both domains the same new_size.',
        });
      }
      pairs.a.push(a);
      pairs.b.push(b);
    }
    return pairs;
  }

  #batchOf(domain: Domain, taken: readonly Taken[]): { batch: ImageBatch; after: { epoch: number; position: number } } {
    const { height, width } = this.#crop;
    const { channels } = this.#sources[domain];
    const each = height * width * channels;
    const data = new Float32Array(taken.length * each);
    taken.forEach(({ image, place }, i) => {
      const rng = keyedRng(this.#seed, this.#keys[domain], place.epoch, place.position, augmentationKey);
      const top = rng.integer(image.height - height + 1);
      const left = rng.integer(image.width - width + 1);
      const flip = rng.uniform() < 0.5 && this.#flip;
      writeCropInNetworkRange(image, top, left, this.#crop, data, i * each, flip);
    });
    const { epoch, position } = (taken[taken.length - 1] as Taken).place;
    return {
      batch: { shape: [taken.length, height, width, channels], data, names: taken.map(({ name }) => name) },
      after: { epoch, position: position + 1 },
    };
  }

  #tooSmall(image: PixelImage): string | undefined {
    const { height, width } = this.#crop;
    if (image.height >= height && image.width >= width) return undefined;
    return `is ${image.width}×${image.height}, smaller than the crop of ${width}×${height}`;
  }
}
