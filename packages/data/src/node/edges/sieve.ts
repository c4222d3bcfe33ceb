import { join } from 'node:path';
import { BrokenImageError, centerCrop, type PixelImage, resizeShorterSide, toChannels } from '@munit/images';
import { decodeImage, readImageFile } from '@munit/images/node';
import { differenceHash, hashDistance } from '../../edges/fingerprint.js';
import { lineDrawingOf, type LineDrawingOptions } from '../../edges/lineDrawing.js';

/** Comparisons of 64 that copies of one picture may differ in: after scaling or compression, not after anything else. */
const copyDistance = 2;

/** What is taken, and how it is scaled and drawn. */
export interface SieveOptions extends LineDrawingOptions {
  /** Shorter side of what is written, in pixels, 16 to 4096. Default 256. */
  readonly size?: number | undefined;
  /** Cut to the central square (the default), or keep the shape. */
  readonly square?: boolean | undefined;
  /** Least share of pixels on lines; with less, a photograph is left out as blank. Default 0.002. */
  readonly leastInk?: number | undefined;
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
}

/** A photograph that is taken, as it is written. */
export interface Taken {
  readonly name: string;
  readonly photograph: PixelImage;
  readonly drawing: PixelImage;
}

/** Sorts photographs into those that are taken and those that are left out. */
export class Sieve {
  readonly duplicates: { readonly name: string; readonly of: string }[] = [];
  readonly blank: string[] = [];
  readonly small: string[] = [];
  readonly broken: { readonly name: string; readonly reason: string }[] = [];
  readonly #hashes: { readonly name: string; readonly hash: Uint8Array }[] = [];
  readonly #options: SieveOptions;

  constructor(options: SieveOptions) {
    this.#options = options;
  }

  /** Undefined for one that is left out, which is then in one of the lists. */
  async take(dir: string, name: string): Promise<Taken | undefined> {
    const { size = 256, square = true, leastInk = 0.002, signal, blur, strong, weak, shortest } = this.#options;
    const path = join(dir, name);
    let image: PixelImage;
    try {
      image = toChannels((await decodeImage(await readImageFile(path, signal), { name: path })).pixels, 3);
    } catch (error) {
      if (!(error instanceof BrokenImageError)) throw error;
      this.broken.push({ name, reason: error.reason });
      return undefined;
    }
    if (Math.min(image.width, image.height) < size) return void this.small.push(name);
    const hash = differenceHash(image);
    const scaled = resizeShorterSide(image, size);
    const photograph = square ? centerCrop(scaled, size) : scaled;
    const { image: drawing, ink } = lineDrawingOf(photograph, { blur, strong, weak, shortest });
    // First of all: all blank pictures have one hash.
    if (ink < leastInk) return void this.blank.push(name);
    const twin = this.#hashes.find((other) => hashDistance(other.hash, hash) <= copyDistance);
    if (twin !== undefined) return void this.duplicates.push({ name, of: twin.name });
    this.#hashes.push({ name, hash });
    return { name, photograph, drawing };
  }
}
