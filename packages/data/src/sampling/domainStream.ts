import { DataError, type Domain } from '@munit/core';
import { BrokenImageError, type PixelImage } from '@munit/images';
import type { ImageSource, LoadedImage } from '../sources/types.js';
import { DomainOrder } from './domainOrder.js';
import type { Place } from './domainOrder.js';
import { noneUsable } from './evaluationImages.js';
import type { DataNotice } from './types.js';

export interface DomainStreamOptions {
  readonly domain: Domain;
  readonly source: ImageSource;
  readonly keys: readonly number[];
  readonly start: { readonly epoch: number; readonly position: number };
  /** How many loads may be under way or waiting to be taken. */
  readonly ahead: number;
  /** Distinct broken pictures beyond which the stream fails; 0 = strict. */
  readonly maxBroken: number;
  /** Why a decoded picture is of no use (smaller than the crop), if it is. */
  readonly reject: (image: PixelImage) => string | undefined;
  readonly onNotice: (notice: DataNotice) => void;
}

export interface Taken {
  readonly place: Place;
  readonly name: string;
  readonly image: PixelImage;
}

type Outcome = { readonly loaded: LoadedImage } | { readonly error: unknown };

interface Pending {
  readonly place: Place;
  readonly outcome: Promise<Outcome>;
}

/**
 * The usable pictures of one domain in its order. Loads run ahead in parallel and are taken in order, so what comes
 * out depends on the order and on which pictures are broken, never on which load ended first.
 */
export class DomainStream {
  readonly #options: DomainStreamOptions;
  readonly #order: DomainOrder;
  readonly #broken = new Set<number>();
  readonly #window: Pending[] = [];
  readonly #noted = new Set<number>();

  constructor(options: DomainStreamOptions) {
    this.#options = options;
    this.#order = new DomainOrder(options.source.names.length, options.keys, options.start);
  }

  get brokenCount(): number {
    return this.#broken.size;
  }

  /** @throws DataError past the limit of broken pictures, or whatever fatal error the source raises. */
  async take(): Promise<Taken> {
    for (;;) {
      this.#fill();
      const { place, outcome } = this.#window.shift() as Pending;
      const settled = await outcome;
      const name = this.#nameOf(place);
      if ('error' in settled) {
        if (!(settled.error instanceof BrokenImageError)) throw settled.error;
        this.#markBroken(place, settled.error.reason);
        continue;
      }
      const { image, note } = settled.loaded;
      const reason = this.#options.reject(image);
      if (reason !== undefined) {
        this.#markBroken(place, reason);
        continue;
      }
      if (note !== undefined && !this.#noted.has(place.index)) {
        this.#noted.add(place.index);
        this.#options.onNotice({ kind: 'note', domain: this.#options.domain, name, note });
      }
      this.#fill();
      return { place, name, image };
    }
  }

  #nameOf(place: Place): string {
    return this.#options.source.names[place.index] as string;
  }

  #fill(): void {
    while (this.#window.length < this.#options.ahead) {
      const place = this.#order.next();
      // A picture known to be broken is passed over here; one that is not known yet, when its load has failed: the same order.
      if (this.#broken.has(place.index)) continue;
      const outcome = this.#options.source.load(place.index).then(
        (loaded): Outcome => ({ loaded }),
        (error: unknown): Outcome => ({ error }),
      );
      this.#window.push({ place, outcome });
    }
  }

  #markBroken(place: Place, reason: string): void {
    // The window may hold the same picture twice when the domain is smaller than it.
    if (this.#broken.has(place.index)) return;
    this.#broken.add(place.index);
    const { domain, source, maxBroken, onNotice } = this.#options;
    const name = this.#nameOf(place);
    const count = this.#broken.size;
    const notice: DataNotice = { kind: 'broken', domain, name, reason, count };
    onNotice(notice);
    const total = source.names.length;
    if (count >= total) throw noneUsable(source, notice);
    if (count > maxBroken) {
      throw new DataError(
        maxBroken === 0
          ? `The image ${name} of ${source.label} ${reason}, and broken images are not allowed (strict).`
          : `${count} of the ${total} images of ${source.label} are broken, more than the ${maxBroken} allowed; the last one, ${name}, ${reason}.`,
        { remedy: 'Remove or repair the broken images (`munit data check` lists them), or allow more.' },
      );
    }
  }
}
