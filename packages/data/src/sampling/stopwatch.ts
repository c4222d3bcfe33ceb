/** How much of a reader's time goes into waiting. The first wait (start-up) is kept apart. */
export class WaitStopwatch {
  #waits = 0;
  #firstMs = 0;
  #waitMs = 0;
  #began: number | undefined;
  #ended = 0;

  /** Times one wait. */
  async time<T>(wait: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await wait();
    const end = performance.now();
    if (this.#began === undefined) {
      this.#firstMs = end - start;
      this.#began = end;
    } else {
      this.#waitMs += end - start;
    }
    this.#waits++;
    this.#ended = end;
    return result;
  }

  read(): { readonly batches: number; readonly waitMs: number; readonly elapsedMs: number; readonly waitShare: number; readonly firstBatchMs: number } {
    const elapsedMs = this.#began === undefined ? 0 : this.#ended - this.#began;
    return {
      batches: this.#waits,
      waitMs: this.#waitMs,
      elapsedMs,
      waitShare: elapsedMs > 0 ? this.#waitMs / elapsedMs : 0,
      firstBatchMs: this.#firstMs,
    };
  }
}
