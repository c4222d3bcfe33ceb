import type { PerDomain } from '@munit/core';
import type { ImageBatch, UnpairedBatch } from '@munit/data';

/** The latest training images of each domain, up to a number: what style statistics are taken on. */
export class RecentImages {
  readonly #limit: number;
  #batches: UnpairedBatch[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(batch: UnpairedBatch): void {
    this.#batches.push(batch);
    let count = this.#batches.reduce((sum, { a }) => sum + a.shape[0], 0);
    while (this.#batches.length > 1 && count - (this.#batches[0] as UnpairedBatch).a.shape[0] >= this.#limit) {
      count -= (this.#batches.shift() as UnpairedBatch).a.shape[0];
    }
  }

  batches(): PerDomain<readonly ImageBatch[]> {
    return { a: this.#batches.map(({ a }) => a), b: this.#batches.map(({ b }) => b) };
  }
}
