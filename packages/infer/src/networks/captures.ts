/** Work of equal shapes, image after image: captured on the device when it is done for the second time. */
import type { CapturedWork, Device, Tensor } from '@munit/core';

/** Work that follows from its inputs and the networks alone. */
export interface RepeatedWork {
  /** Names the work, whatever the shapes of its inputs. */
  readonly name: string;
  /** Bytes that it takes, rather more than less; asked for only before it is captured. */
  readonly peakBytes: () => number;
  /** Bytes that all captured work may hold; undefined: as many as `CAPTURED_BYTES`. */
  readonly limitBytes: number | undefined;
}

/** Encoding and decoding of four sizes or directions. */
const KEPT = 8;

/** How much work that was done once is remembered: beyond that, sizes come in no rhythm that would pay. */
const REMEMBERED = 32;

/** What larger images take: with them JavaScript is done long before the GPU. */
const CAPTURED_BYTES = 2 ** 29;

/** Owns what it has captured. */
export class Captures {
  /** Done once. */
  readonly #once = new Set<string>();
  /** The one used last at the end. */
  readonly #kept = new Map<string, CapturedWork>();
  #stopped = false;

  /** The work's result on these inputs, a tensor of the caller's. The device must be in use. */
  run(device: Device, repeated: RepeatedWork, inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): Tensor {
    const key = [repeated.name, ...inputs.map(({ shape }) => shape.join('×'))].join(' ');
    const captured = this.#kept.get(key) ?? this.#capture(key, device, repeated, inputs, work);
    if (captured === undefined) return work(inputs);
    this.#kept.delete(key);
    this.#kept.set(key, captured);
    return captured.run(inputs);
  }

  #capture(key: string, device: Device, { peakBytes, limitBytes = Infinity }: RepeatedWork, inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): CapturedWork | undefined {
    if (this.#stopped) return undefined;
    if (!this.#once.delete(key)) {
      this.#once.add(key);
      if (this.#once.size > REMEMBERED) this.#once.delete(first(this.#once) as string);
      return undefined;
    }
    const most = Math.min(limitBytes, CAPTURED_BYTES);
    if (peakBytes() > most) return undefined;
    this.#kept.set(key, device.capture(inputs, work));
    while (this.#kept.size > KEPT || this.#bytes() > most) this.#let(first(this.#kept) as readonly [string, CapturedWork]);
    return this.#kept.get(key);
  }

  #bytes(): number {
    let bytes = 0;
    for (const captured of this.#kept.values()) bytes += captured.bytes;
    return bytes;
  }

  #let([key, captured]: readonly [string, CapturedWork]): void {
    this.#kept.delete(key);
    captured.dispose();
  }

  /** Gives back what it holds. */
  dispose(): void {
    for (const entry of this.#kept) this.#let(entry);
    this.#once.clear();
  }

  /** Memory has run out: gives back what it holds, and captures nothing from now on. @returns whether it held any memory */
  giveUp(): boolean {
    const held = this.#bytes() > 0;
    this.dispose();
    this.#stopped = true;
    return held;
  }
}

const first = <T>(values: Iterable<T>): T | undefined => {
  for (const value of values) return value;
  return undefined;
};
