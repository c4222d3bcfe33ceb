/** Maps too large for the device: read from top to bottom in bands, each of a few rows. */

/** One map of one image; whoever reads it gets rows of values of its own. */
export interface Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Rows `from` to `to` (not included). // [to − from, W, C] */
  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
  /** Rows above this one are not asked for again. */
  forget?(before: number): void;
}

/** Awaited before each band: lets the event loop turn, checks for an abort, reports progress. */
export type Step = () => Promise<void>;

/** Calls `use` with each band of `size` rows; the last one may be lower. */
export async function eachBand(height: number, size: number, step: Step, use: (from: number, to: number) => Promise<void> | void): Promise<void> {
  for (let from = 0; from < height; from += size) {
    await step();
    await use(from, Math.min(height, from + size));
  }
}

/** A map in memory, by bands that are given back one by one. Owns its values. */
export class StoredRows implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Rows of each band. */
  readonly bandRows: number;
  readonly #bands: (Float32Array<ArrayBuffer> | undefined)[] = [];

  constructor(like: Pick<Rows, 'height' | 'width' | 'channels'>, bandRows: number) {
    this.height = like.height;
    this.width = like.width;
    this.channels = like.channels;
    this.bandRows = bandRows;
  }

  get bands(): readonly (Float32Array<ArrayBuffer> | undefined)[] {
    return this.#bands;
  }

  /** The next band below. */
  push(values: Float32Array<ArrayBuffer>): void {
    this.#bands.push(values);
  }

  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>> {
    const row = this.width * this.channels;
    const out = new Float32Array((to - from) * row);
    for (let at = from; at < to; ) {
      const index = Math.floor(at / this.bandRows);
      const top = index * this.bandRows;
      const end = Math.min(to, top + this.bandRows);
      const band = this.#bands[index]!; // whoever forgets rows does not ask for them again
      out.set(band.subarray((at - top) * row, (end - top) * row), (at - from) * row);
      at = end;
    }
    return Promise.resolve(out);
  }

  forget(before: number): void {
    for (let i = 0; (i + 1) * this.bandRows <= before && i < this.#bands.length; i++) this.#bands[i] = undefined;
  }
}
