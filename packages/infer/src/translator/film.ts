/** Frames of a film, one after the other, in one style. */
import { ArgumentError, checkOptions, type Domain, type OptionNames } from '@munit/core';
import type { FloatImage } from '@munit/images';
import type { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import { checkStyle, type StyleCode } from '../styles.js';
import type { RunOptions } from './types.js';
import { type AveragesSnapshot, NormAverages } from '../tiles/averages.js';
import { isCut, smallGrey } from './cuts.js';

/** The style of a film, and how it is kept from flickering. */
export interface FilmOptions extends RunOptions {
  /** Domain of the output. Default `b`. */
  readonly to?: Domain | undefined;
  /** The style code of all frames. Default: random. */
  readonly style?: StyleCode | undefined;
  /** An image of the output's domain whose style all frames take. */
  readonly example?: ImageInput | undefined;
  /** Of a random style. Default: another one each time. */
  readonly seed?: number | undefined;
  /** N: the frames over which statistics are averaged, 1 to 1000. Default 1: each frame by itself. */
  readonly stabilise?: number | undefined;
}

/** Their names, by which unknown ones are refused. */
export const filmNames: OptionNames<FilmOptions> = { to: true, style: true, example: true, seed: true, stabilise: true, signal: true };

/** One frame's own style, in place of the film's. */
export interface FrameOptions extends RunOptions {
  /** An image of the output's domain, such as the same frame of a film in that style. The styles of the last N frames are averaged. */
  readonly example?: ImageInput | undefined;
}

/** How far a film is: with it another `FilmTranslator` of the same model and options continues, with the same results. */
export interface FilmState {
  /** Frames since the film began, or since its last cut. */
  readonly frames: number;
  /** The averages of the content encoder's norms. */
  readonly encoder: AveragesSnapshot;
  /** The averages of the decoder's norms. */
  readonly decoder: AveragesSnapshot;
  /** The average of encoded styles. */
  readonly style: readonly number[] | undefined;
  /** The last frame, small and grey, by which a cut is seen. */
  readonly last: readonly number[] | undefined;
}

/** What a film needs of its translator. */
export interface FilmParts<P extends Picture, Planned extends { readonly planes: FloatImage }> {
  readonly window: number;
  readonly style: Float32Array | undefined;
  readonly styleDim: number;
  read(image: ImageInput, options: RunOptions): Promise<Planned>;
  styleOf(image: ImageInput, options: RunOptions): Promise<Float32Array>;
  translate(planned: Planned, style: Float32Array | undefined, averages: { readonly encoder: NormAverages; readonly decoder: NormAverages } | undefined, options: RunOptions): Promise<P>;
}

/** @throws ArgumentError unless it is a whole number from 1 to 1000 */
export function checkWindow(stabilise = 1): number {
  if (Number.isInteger(stabilise) && stabilise >= 1 && stabilise <= 1000) return stabilise;
  throw new ArgumentError(`'stabilise' must be a whole number of frames from 1 to 1000, but it is ${stabilise}.`);
}

/**
 * The share of the t-th frame, t = 1, 2, …, in averages over N frames: a(t) = max(1 / t, 2 / (N + 1)). The first frames count alike, and from
 * frame (N + 1) / 2 on the past fades exponentially, with the mean age of a running mean over N frames.
 */
export const shareOf = (t: number, window: number): number => Math.max(1 / t, 2 / (window + 1));

/**
 * Translates the frames of a film in one style: `translator.film(options)`.
 *
 * With `stabilise: N` the statistics of all instance and layer norms, and the styles of examples that come with frames, are averaged over
 * the last frames; the future is not needed, so that a camera works too. With a(t) = max(1/t, 2/(N+1)) and a frame's own mean m and
 * variance v,
 *
 *   M ← M + a (m − M),   V ← V + a (v − V) + a (1 − a) (m − M)²,   s ← s + a (style − s)
 *
 * (the M in the second formula is the one before): the mean and variance of all pixels of all frames, with exponentially fading weights. At
 * a cut, which is seen by the frames' brightness (`isCut`), the averages begin again. N = 1 gives what `translate` gives, bit for bit; in a
 * film in which nothing moves all frames are equal for any N.
 */
export class FilmTranslator<P extends Picture = Picture> {
  /** N. */
  readonly window: number;
  /** The style code of all frames; undefined for a model without styles. */
  readonly style: Float32Array | undefined;
  readonly #next: (image: ImageInput, options: FrameOptions) => Promise<P>;
  readonly #encoder = new NormAverages();
  readonly #decoder = new NormAverages();
  #frames = 0;
  #average: Float64Array | undefined;
  #last: Float64Array | undefined;
  #busy = false;

  constructor(parts: FilmParts<P, { readonly planes: FloatImage }>) {
    this.window = parts.window;
    this.style = parts.style;
    this.#next = (image, options) => this.#translate(parts, image, options);
  }

  /**
   * The next frame, at its own size. After an error the averages begin again with the frame that follows, or continue after `restore`.
   * @throws as `translate`; ArgumentError while another frame is being translated
   */
  async next(frame: ImageInput, options: FrameOptions = {}): Promise<P> {
    checkOptions('next', options, { example: true, signal: true });
    if (this.#busy) throw new ArgumentError('The frame before this one is not finished.', { remedy: 'Await each frame before the next.' });
    this.#busy = true;
    try {
      return await this.#next(frame, options);
    } catch (error) {
      this.reset();
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  /** The next frame begins another shot. */
  reset(): void {
    this.#encoder.forget();
    this.#decoder.forget();
    this.#frames = 0;
    this.#average = undefined;
    this.#last = undefined;
  }

  /** How far the film is, as plain data. */
  async state(): Promise<FilmState> {
    const numbers = (values: Float64Array | undefined): number[] | undefined => (values === undefined ? undefined : [...values]);
    return { frames: this.#frames, encoder: await this.#encoder.snapshot(), decoder: await this.#decoder.snapshot(), style: numbers(this.#average), last: numbers(this.#last) };
  }

  /** Continues where `state` was taken. */
  restore({ frames, encoder, decoder, style, last }: FilmState): void {
    const numbers = (values: readonly number[] | undefined): Float64Array | undefined => (values === undefined ? undefined : Float64Array.from(values));
    this.#encoder.restore(encoder);
    this.#decoder.restore(decoder);
    this.#frames = frames;
    this.#average = numbers(style);
    this.#last = numbers(last);
  }

  /** Frees what it has on the device. The translator stays. */
  dispose(): void {
    this.reset();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #translate<Planned extends { readonly planes: FloatImage }>(parts: FilmParts<P, Planned>, image: ImageInput, { example, signal }: FrameOptions): Promise<P> {
    const planned = await parts.read(image, { signal });
    const encoded = example === undefined ? undefined : await parts.styleOf(example, { signal });
    if (this.window === 1) return parts.translate(planned, encoded ?? this.style, undefined, { signal });
    const grey = smallGrey(planned.planes);
    if (this.#last !== undefined && isCut(this.#last, grey)) this.reset();
    const share = shareOf(this.#frames + 1, this.window);
    this.#encoder.share = share;
    this.#decoder.share = share;
    const style = encoded === undefined ? this.style : this.#averaged(encoded, share, parts.styleDim);
    const picture = await parts.translate(planned, style, { encoder: this.#encoder, decoder: this.#decoder }, { signal });
    this.#frames += 1;
    this.#last = grey;
    return picture;
  }

  #averaged(encoded: Float32Array, share: number, styleDim: number): Float32Array {
    const style = checkStyle(encoded, styleDim);
    const before = this.#average;
    this.#average = before === undefined || share === 1 ? Float64Array.from(style) : before.map((value, i) => value + share * (style[i]! - value));
    return Float32Array.from(this.#average);
  }
}
