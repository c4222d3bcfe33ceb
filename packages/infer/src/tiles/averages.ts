/** The averages of a network's norms over the frames of a film, wherever they are needed next: on the device, or in memory for bands. */
import { keep, readTensor, tensor, type Tensor1D } from '@munit/core';
import { disposeMoving, type MovingStatistics } from '@munit/layers';
import type { MovingSums } from './statistics.js';

/** The averages by the paths of the norms, as plain numbers. */
export type AveragesSnapshot = Readonly<Record<string, { readonly mean: readonly number[]; readonly variance: readonly number[] }>>;

/** Owns what it has on the device. */
export class NormAverages {
  readonly #moving: MovingStatistics = { share: 1, averages: new Map() };
  readonly #sums: MovingSums = { share: 1, averages: new Map() };

  /** The share of the next frame. */
  set share(share: number) {
    this.#moving.share = share;
    this.#sums.share = share;
  }

  /** For a frame that goes through the network at once; the device must be in use. */
  onDevice(): MovingStatistics {
    for (const [path, { mean, variance }] of this.#sums.averages) {
      const upload = (values: Float64Array): Tensor1D => keep(tensor(Float32Array.from(values), [values.length])) as Tensor1D;
      this.#moving.averages.set(path, { mean: upload(mean), variance: upload(variance) });
    }
    this.#sums.averages.clear();
    return this.#moving;
  }

  /** For a frame that goes through in bands. */
  async inBands(): Promise<MovingSums> {
    for (const [path, numbers] of Object.entries(await this.#read())) {
      this.#sums.averages.set(path, { mean: Float64Array.from(numbers.mean), variance: Float64Array.from(numbers.variance) });
    }
    disposeMoving(this.#moving);
    return this.#sums;
  }

  /** What is on the device, as numbers. */
  async #read(): Promise<AveragesSnapshot> {
    const read: Record<string, AveragesSnapshot[string]> = {};
    for (const [path, { mean, variance }] of this.#moving.averages) read[path] = { mean: [...(await readTensor(mean))], variance: [...(await readTensor(variance))] };
    return read;
  }

  /** Exact, for `restore`. */
  async snapshot(): Promise<AveragesSnapshot> {
    const inBands = [...this.#sums.averages].map(([path, { mean, variance }]) => [path, { mean: [...mean], variance: [...variance] }] as const);
    return { ...Object.fromEntries(inBands), ...(await this.#read()) };
  }

  restore(snapshot: AveragesSnapshot): void {
    this.forget();
    for (const [path, { mean, variance }] of Object.entries(snapshot)) this.#sums.averages.set(path, { mean: Float64Array.from(mean), variance: Float64Array.from(variance) });
  }

  /** The next frame is the first one again. */
  forget(): void {
    disposeMoving(this.#moving);
    this.#sums.averages.clear();
  }

  /** The device was lost, and what was on it. */
  abandon(): void {
    this.#moving.averages.clear();
  }
}
