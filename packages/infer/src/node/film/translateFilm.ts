/** A film in, a film out. */
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOptions, DataError, type Domain, type OptionNames } from '@munit/core';
import { removeLeftovers, temporaryPath } from '@munit/formats/node';
import type { PixelImage } from '@munit/images';
import type { ImageInput } from '../../images/read.js';
import type { StyleCode } from '../../styles.js';
import { checkWindow, type FilmTranslator } from '../../translator/film.js';
import { checkAborted, checkStyleOptions } from '../../translator/schedule.js';
import type { Translator } from '../../translator/translator.js';
import { checkApart } from '../files/apart.js';
import { type FileNote, noteOfFile } from '../files/notes.js';
import { modelDigest } from '../modelDigest.js';
import type { FilePicture } from '../picture.js';
import { checkEncodable, codecOf, quantizers, writePiece } from './encode.js';
import { joinFilm } from './join.js';
import { checkEnding, Journal, type Progress } from './journal.js';
import { openFilm } from './source.js';
import type { FilmFrame, FilmSource } from './types.js';
import { type FilmEnding, filmEndings, type SoundTrack } from './written.js';

/** Frames of a piece: what a kill costs at most. */
const PIECE_FRAMES = 24;

/** Where a film is. */
export type TranslateFilmProgress =
  /** The film is open: what it is, its frames as the file counts them, and how many of them an earlier call made. */
  | { readonly kind: 'opened'; readonly format: string; readonly width: number; readonly height: number; readonly frames: number; readonly kept: number }
  /** `done` of `total` frames, `kept` of which an earlier call made. */
  | { readonly kind: 'frame'; readonly done: number; readonly kept: number; readonly total: number }
  /** All frames are there and become one file. */
  | { readonly kind: 'joining' };

/** What `translateFilm` reads, where it writes, and in which style. */
export interface TranslateFilmOptions {
  /** The model in use, of `loadTranslator` or `createTranslator` of `@munit/infer/node`. */
  readonly translator: Translator<FilePicture>;
  /** Path of the film: MP4, MOV, WebM, Matroska, MPEG-TS; an animated GIF or WebP. */
  readonly input: string;
  /** Path of the result, whose ending says what it is: mp4, m4v, mov, mkv (H.264) or webm (VP9). */
  readonly out: string;
  /** Domain of the result. Default `b`. */
  readonly to?: Domain;
  /** The style code of all frames. Default: random, by `seed`. */
  readonly style?: StyleCode;
  /** An image of the domain `to` whose style all frames take. */
  readonly example?: ImageInput;
  /** Of the random style. Default 1. */
  readonly seed?: number;
  /** Frames over which the norms' statistics are averaged, against flicker: `FilmTranslator`. Default 1: each frame by itself. */
  readonly stabilise?: number;
  /** Continue after the pieces that an earlier call has made from this film, by this model, with these settings. Default true. */
  readonly resume?: boolean;
  /** Which model it is, where its weights do not say so (those of a training run). */
  readonly label?: string;
  /** Called when the film is open, after each frame, and before the film is put together. */
  readonly onProgress?: (progress: TranslateFilmProgress) => void;
  /** Stops the work with an `AbortedError`; finished pieces stay, and a later call continues after them. */
  readonly signal?: AbortSignal;
}

const filmFileNames: OptionNames<TranslateFilmOptions> = {
  translator: true,
  input: true,
  out: true,
  to: true,
  style: true,
  example: true,
  seed: true,
  stabilise: true,
  resume: true,
  label: true,
  onProgress: true,
  signal: true,
};

/** What became of a film. */
export interface TranslateFilmResult {
  /** Frames translated in this call. */
  readonly translated: number;
  /** Frames that were there already. */
  readonly kept: number;
  /** Frames that the film says it has, but that could not be decoded, such as those before its first key frame. */
  readonly missing: number;
  /** Of each track. */
  readonly sound: readonly SoundTrack[];
  /** Such as `MP4, avc`. */
  readonly format: string;
}

function exampleFile(example: ImageInput | undefined): string | undefined {
  if (example instanceof URL) return example.protocol === 'file:' ? fileURLToPath(example) : undefined;
  return typeof example === 'string' && !/^(https?|data|blob|file):/.test(example) ? example : undefined;
}

/** Everything that shapes the result, as JSON. */
function settingsOf({ translator, to = 'b', stabilise = 1, label }: TranslateFilmOptions, style: Float32Array | undefined, ending: FilmEnding): Record<string, unknown> {
  const codec = codecOf(ending);
  const model = modelDigest(translator) ?? label;
  return { version: 1, model, architecture: translator.architecture, to, style: style === undefined ? undefined : [...style], stabilise, ending, codec, quantizer: quantizers[codec], pieceFrames: PIECE_FRAMES };
}

/** Works through the frames that are missing, piece by piece. */
class FilmWork {
  readonly #options: TranslateFilmOptions;
  readonly #source: FilmSource;
  readonly #film: FilmTranslator<FilePicture>;
  readonly #journal: Journal;
  #progress: Progress;
  #size: { readonly width: number; readonly height: number } | undefined;
  translated = 0;

  constructor(options: TranslateFilmOptions, source: FilmSource, film: FilmTranslator<FilePicture>, journal: Journal, progress: Progress) {
    this.#options = options;
    this.#source = source;
    this.#film = film;
    this.#journal = journal;
    this.#progress = progress;
    if (progress.state !== undefined) film.restore(progress.state);
  }

  get progress(): Progress {
    return this.#progress;
  }

  get frames(): number {
    return this.#progress.pieces.reduce((sum, piece) => sum + piece.frames, 0);
  }

  async run(ending: FilmEnding): Promise<void> {
    const frames = this.#source.frames(this.#progress.pieces.at(-1)?.last ?? -Infinity);
    const kept = this.frames;
    try {
      for (let next = await frames.next(); next.done !== true; ) next = await this.#piece(frames, next.value, ending, kept);
    } finally {
      await frames.return();
    }
  }

  /** One piece, which begins with `first`. @returns what comes after it */
  async #piece(frames: AsyncGenerator<FilmFrame, void, undefined>, first: FilmFrame, ending: FilmEnding, kept: number): Promise<IteratorResult<FilmFrame, void>> {
    const name = `${String(this.#progress.pieces.length).padStart(6, '0')}.mp4`;
    const path = join(this.#journal.folder, name);
    const temporary = temporaryPath(path);
    const writer = await writePiece(temporary, ending);
    let [count, last] = [0, first.timestamp];
    let next: IteratorResult<FilmFrame, void> = { done: false, value: first };
    try {
      for (; next.done !== true && count < PIECE_FRAMES; next = await frames.next()) {
        const { timestamp, duration, pixels } = next.value;
        await writer.add({ timestamp, duration, picture: await this.#translate(pixels) });
        [count, last] = [count + 1, timestamp];
        this.translated += 1;
        this.#options.onProgress?.({ kind: 'frame', done: kept + this.translated, kept, total: Math.max(this.#source.count, kept + this.translated) });
      }
      await writer.finish();
      await rename(temporary, path);
    } catch (error) {
      await writer.cancel();
      await rm(temporary, { force: true });
      throw error;
    }
    const state = this.#film.window === 1 ? undefined : await this.#film.state();
    await this.note({ ...this.#progress, pieces: [...this.#progress.pieces, { name, frames: count, last, note: await noteOfFile(path) }], state });
    return next;
  }

  async #translate(pixels: PixelImage): Promise<PixelImage> {
    const { signal } = this.#options;
    checkAborted(signal, 'The translation');
    const { width, height } = pixels;
    this.#size ??= { width, height };
    if (width !== this.#size.width || height !== this.#size.height) {
      const { input } = this.#options;
      throw new DataError(`The frames of the film ${input} change their size from ${this.#size.width}×${this.#size.height} to ${width}×${height}.`, { remedy: `Scale them to one size: ffmpeg -i FILM -vf scale=${this.#size.width}:${this.#size.height} -c:a copy one-size.mp4` });
    }
    const picture = await this.#film.next(pixels, { signal });
    const { channels, data } = picture;
    return { width: picture.width, height: picture.height, channels: channels === 1 ? 1 : 3, data };
  }

  async note(progress: Progress): Promise<void> {
    await this.#journal.write(progress);
    this.#progress = progress;
  }
}

/**
 * Translates a film, all frames in one style, with their times and the film's sound: packets of sound are copied as they are where the
 * file can hold their codec. One frame is in memory at a time, and the encoder's few. Frames are encoded in pieces, in a hidden folder beside
 * `out`; stopped or killed, the same call continues after the last piece, and the result is the same. It appears whole or not at all.
 *
 * Needs the packages `mediabunny` and `@mediabunny/server`.
 *
 * @throws DataError for a file that is not a film, is damaged, or has frames that change their size; when `out` cannot be written; without the packages
 * @throws ArgumentError when `out` would replace the film, the example or a file that is not munit's, or was begun by another model or with other settings
 * @throws OutOfMemoryError for frames that do not fit; AbortedError
 */
export async function translateFilm(options: TranslateFilmOptions): Promise<TranslateFilmResult> {
  checkOptions('translateFilm', options, filmFileNames);
  const { translator, input, out, to = 'b', style, example, seed = 1, stabilise, resume = true, onProgress, signal } = options;
  const ending = checkEnding(out, filmEndings);
  checkWindow(stabilise);
  checkStyleOptions({ style, example }, translator.styleDim);
  const source = await openFilm(input);
  const film = await translator.film({ to, style, example, stabilise, signal, ...(translator.styleDim === 0 ? {} : { seed }) }).catch((error: unknown) => {
    source.close();
    throw error;
  });
  try {
    const journal = await Journal.open(out);
    await checkApart({ inputs: [input], example: exampleFile(example), results: [out], grid: undefined }, journal, resume);
    const settings = settingsOf(options, film.style, ending);
    const before = resume && settings['model'] !== undefined ? await journal.resume(settings, input) : undefined;
    const { format, count } = source;
    if (before?.result !== undefined) {
      const kept = before.pieces.reduce((sum, piece) => sum + piece.frames, 0);
      return { translated: 0, kept, missing: Math.max(0, count - kept), sound: before.sound ?? [], format };
    }
    await checkEncodable(ending, source.size);
    if (before === undefined) await journal.begin();
    const work = new FilmWork(options, source, film, journal, before ?? { settings, input: await noteOfFile(input), pieces: [], state: undefined, joined: journal.hasClaimed(out), result: undefined });
    const kept = work.frames;
    onProgress?.({ kind: 'opened', format, ...source.size, frames: count, kept });
    await work.note(work.progress);
    removeLeftovers(journal.folder);
    await work.run(ending);
    if (work.frames === 0) throw new DataError(`No frame of the film ${input} can be decoded.`, { remedy: 'Get the file again.' });
    onProgress?.({ kind: 'joining' });
    checkAborted(signal, 'The translation');
    const sound = await finishFilm({ work, source, journal, ending, out, signal });
    return { translated: work.translated, kept, missing: Math.max(0, count - work.frames), sound, format };
  } finally {
    film.dispose();
    source.close();
  }
}

interface Finish {
  readonly work: FilmWork;
  readonly source: FilmSource;
  readonly journal: Journal;
  readonly ending: FilmEnding;
  readonly out: string;
  readonly signal: AbortSignal | undefined;
}

/** The pieces become the film, in its place at once; then they go. */
async function finishFilm({ work, source, journal, ending, out, signal }: Finish): Promise<readonly SoundTrack[]> {
  const { pieces } = work.progress;
  // In the hidden folder, where the next call removes what a kill leaves: it is as large as the film.
  const temporary = temporaryPath(join(journal.folder, basename(out)));
  try {
    const sound = await joinFilm({ pieces: pieces.map(({ name }) => join(journal.folder, name)), frames: work.frames, height: source.size.height, sound: source.sound, ending, out: temporary, signal });
    await work.note({ ...work.progress, joined: true });
    await rename(temporary, out);
    const result: FileNote = await noteOfFile(out);
    await work.note({ ...work.progress, result, sound, state: undefined });
    await journal.removePieces(pieces);
    return sound;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
