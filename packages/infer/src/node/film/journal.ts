/** How far a film is: what makes a piece count as made, and where the work continues. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import type { FilmState } from '../../translator/film.js';
import { type FileNote, isStill, otherSettings } from '../files/notes.js';
import type { SoundTrack } from './written.js';

/** One piece. */
export interface Piece {
  /** In the journal's folder. */
  readonly name: string;
  readonly frames: number;
  /** When its last frame is shown, in seconds: the next piece begins after it. */
  readonly last: number;
  readonly note: FileNote;
}

/** What is written after each piece, whole or not at all. */
export interface Progress {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly input: FileNote;
  readonly pieces: readonly Piece[];
  /** Of the translation after the last piece. */
  readonly state: FilmState | undefined;
  /** Whether the film's own place was about to be written: what is there is munit's. */
  readonly joined: boolean;
  /** The film, once it is complete. */
  readonly result: FileNote | undefined;
  /** What became of its sound, once it is complete. */
  readonly sound?: readonly SoundTrack[];
}

/** The folder beside the film, hidden by its point. */
const folderOf = (out: string): string => join(dirname(out), `.${basename(out)}.munit`);

const isProgress = (value: unknown): value is Progress =>
  typeof value === 'object' && value !== null && 'settings' in value && 'input' in value && 'pieces' in value && Array.isArray(value.pieces) && 'joined' in value;

/** @throws DataError */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new DataError(`${path} cannot be written.`, { cause, remedy: 'Check the path, the space and the permissions.' });
  }
}

/** The journal of one film. */
export class Journal {
  readonly folder: string;
  readonly #file: string;
  readonly #out: string;
  /** What an earlier call left; undefined where there is nothing, or nothing of use. */
  #before: Progress | undefined;

  private constructor(out: string) {
    this.#out = out;
    this.folder = folderOf(out);
    this.#file = join(this.folder, 'progress.json');
  }

  static async open(out: string): Promise<Journal> {
    const journal = new Journal(out);
    const text = await readFile(journal.#file, 'utf8').catch(() => undefined);
    try {
      const value: unknown = text === undefined ? undefined : JSON.parse(text);
      if (isProgress(value)) journal.#before = value;
    } catch {
      // Not written by munit: as if it were not there.
    }
    return journal;
  }

  /** Whether munit has written the film, or was about to. */
  hasClaimed(path: string): boolean {
    return path === this.#out && this.#before?.joined === true;
  }

  /**
   * What of an earlier call still counts: pieces that are there as they were made, from what the input is now, with these settings.
   * @throws ArgumentError when an unfinished or finished film of other settings is there
   */
  async resume(settings: Progress['settings'], input: string): Promise<Progress | undefined> {
    const before = this.#before;
    if (before === undefined) return undefined;
    const [was, is] = [before.settings, settings].map((some) => JSON.stringify(some));
    if (was !== is) throw otherSettings(`The film ${this.#out} was`, JSON.stringify(before.settings), settings);
    if (!(await isStill(input, before.input))) return undefined;
    if (before.result !== undefined) return (await isStill(this.#out, before.result)) ? before : undefined;
    for (const { name, note } of before.pieces) if (!(await isStill(join(this.folder, name), note))) return undefined;
    return before;
  }

  /** A film from its beginning: what an earlier call left is gone. */
  async begin(): Promise<void> {
    await this.removePieces(this.#before?.pieces ?? []);
  }

  async write(progress: Progress): Promise<void> {
    await writing(this.folder, () => mkdir(this.folder, { recursive: true }));
    await writing(this.#file, () => writeFileAtomically(this.#file, new TextEncoder().encode(JSON.stringify(progress))));
    this.#before = progress;
  }

  /** Forgets the pieces: files that are not the journal. */
  async removePieces(pieces: readonly Piece[]): Promise<void> {
    for (const { name } of pieces) await rm(join(this.folder, basename(name)), { force: true });
  }
}

/** What a film's name ends in, as one of `endings`. @throws ArgumentError for another one */
export function checkEnding<E extends string>(out: string, endings: readonly E[]): E {
  const ending = out.slice(out.lastIndexOf('.') + 1).toLowerCase();
  const found = endings.find((known) => known === ending);
  if (found === undefined) throw new ArgumentError(`${out} does not end as a film does.`, { remedy: `Let its name end in ${endings.map((known) => `.${known}`).join(', ')}.` });
  return found;
}
