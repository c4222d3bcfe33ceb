import { keyedRng } from './keyedRng.js';

/** One place in the endless order of a domain. */
export interface Place {
  readonly epoch: number;
  readonly position: number;
  /** Which picture. */
  readonly index: number;
}

/** The endless order of one domain: a new shuffle for every epoch, each a function of (seed, domain, epoch) alone. */
export class DomainOrder {
  readonly #count: number;
  readonly #keys: readonly number[];
  #epoch: number;
  #position: number;
  #shuffle: readonly number[] = [];
  #shuffledEpoch = -1;

  /** @param keys whole numbers that name the order (seed, domain) */
  constructor(count: number, keys: readonly number[], start: { readonly epoch: number; readonly position: number }) {
    this.#count = count;
    this.#keys = keys;
    this.#epoch = start.epoch;
    this.#position = start.position;
  }

  next(): Place {
    if (this.#position >= this.#count) {
      this.#position = 0;
      this.#epoch++;
    }
    if (this.#shuffledEpoch !== this.#epoch) {
      this.#shuffle = keyedRng(...this.#keys, this.#epoch).permutation(this.#count);
      this.#shuffledEpoch = this.#epoch;
    }
    const position = this.#position++;
    return { epoch: this.#epoch, position, index: this.#shuffle[position] as number };
  }
}
