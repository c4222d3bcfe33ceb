/** What a folder of results remembers, so that a result counts as made only if it was made here, from this input, with these settings. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';

/** In the folder of results; the points in front keep them out of folders of images. */
export const SETTINGS = '.munit-translate.json';
/** One line for each file that is going to be written, and one for each input whose results are complete. */
export const LOG = '.munit-translate.jsonl';

/** A file as it was: its times change with every write, and where they have changed, its digest decides. */
export interface FileNote {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly sha256: string;
}

/** An input, and what came of it: results by their names in the folder. */
export interface Made {
  readonly input: FileNote;
  readonly results: Readonly<Record<string, FileNote>>;
}

type Line = { readonly claim: string } | { readonly name: string; readonly made: Made };

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DataError(`${path} cannot be read.`, { cause, remedy: 'Check the permissions there.' });
  });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new DataError(`${path} cannot be written.`, { cause, remedy: 'Check the path, the space and the permissions.' });
  }
}

function isNote(value: unknown): value is FileNote {
  if (typeof value !== 'object' || value === null) return false;
  const { size, mtimeMs, ctimeMs, sha256: digest } = value as Partial<Record<keyof FileNote, unknown>>;
  return [size, mtimeMs, ctimeMs].every((number) => typeof number === 'number') && typeof digest === 'string';
}

/** A line of the log; undefined for what a crash, or somebody else, has left there. */
function parseLine(text: string): Line | undefined {
  let value: { readonly claim?: unknown; readonly name?: unknown; readonly made?: { readonly input?: unknown; readonly results?: unknown } | null } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { claim, name, made } = value;
  if (typeof claim === 'string') return { claim };
  if (typeof name !== 'string' || typeof made !== 'object' || made === null || !isNote(made.input)) return undefined;
  if (typeof made.results !== 'object' || made.results === null || !Object.values(made.results).every(isNote)) return undefined;
  return { name, made: made as Made };
}

/** The note of a file that has these bytes. @throws DataError when the disk does not tell its times */
export async function noteOf(path: string, bytes: Uint8Array): Promise<FileNote> {
  const { mtimeMs, ctimeMs } = await stat(path).catch((cause: unknown) => {
    throw new DataError(`${path} was written, but cannot be looked at again.`, { cause, remedy: 'Check the disk and the permissions there.' });
  });
  return { size: bytes.length, mtimeMs, ctimeMs, sha256: digestOf(bytes) };
}

/** Of a file of any size, read piece by piece. */
async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

/** The note of a file as it is. @throws what the file system throws */
export async function noteOfFile(path: string): Promise<FileNote> {
  const { size, mtimeMs, ctimeMs } = await stat(path);
  return { size, mtimeMs, ctimeMs, sha256: await digestOfFile(path) };
}

/** Whether a file is still what it was. */
export async function isStill(path: string, note: FileNote): Promise<boolean> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    if (size !== note.size) return false;
    return (mtimeMs === note.mtimeMs && ctimeMs === note.ctimeMs) || (await digestOfFile(path)) === note.sha256;
  } catch {
    return false;
  }
}

/** What the notes of a folder say was made, by the names of the inputs. */
export async function readMade(out: string): Promise<Map<string, Made>> {
  const lines = ((await readText(join(out, LOG))) ?? '').split('\n').map(parseLine);
  return new Map(lines.flatMap((line) => (line !== undefined && 'made' in line ? [[line.name, line.made] as const] : [])));
}

/** The notes of one folder of results. */
export class Notes {
  readonly #out: string;
  readonly #claims = new Set<string>();
  readonly #made = new Map<string, Made>();

  private constructor(out: string) {
    this.#out = out;
  }

  /**
   * Reads what is there. Without `resume` only what munit has written there is still known, not that it is of any use.
   * @throws ArgumentError when the results there were made with other settings; DataError
   */
  static async open(out: string, settings: Readonly<Record<string, unknown>>, resume: boolean): Promise<Notes> {
    const noted = resume ? await readText(join(out, SETTINGS)) : undefined;
    if (noted !== undefined && noted !== textOf(settings)) throw otherSettings(`The results in ${out} were`, noted, settings);
    const notes = new Notes(out);
    for (const text of ((await readText(join(out, LOG))) ?? '').split('\n')) {
      const line = parseLine(text);
      if (line === undefined) continue;
      if ('claim' in line) notes.#claims.add(line.claim);
      else if (resume) notes.#made.set(line.name, line.made);
    }
    return notes;
  }

  /** Writes the settings, and forgets on the disk what `open` has forgotten. */
  async begin(settings: Readonly<Record<string, unknown>>, resume: boolean): Promise<void> {
    const [path, log] = [join(this.#out, SETTINGS), join(this.#out, LOG)];
    await mkdir(this.#out, { recursive: true }).catch((cause: unknown) => {
      throw new DataError(`The folder ${this.#out} cannot be made.`, { cause, remedy: 'Check the path and the permissions.' });
    });
    const text = (await readText(log)) ?? '';
    const claims = [...this.#claims].map((claim) => `${JSON.stringify({ claim })}\n`).join('');
    // A line that a crash has cut must not take the next one with it.
    if (!resume) await writing(log, () => writeFileAtomically(log, new TextEncoder().encode(claims)));
    else if (text !== '' && !text.endsWith('\n')) await writing(log, () => appendFile(log, '\n'));
    const wanted = textOf(settings);
    if ((await readText(path)) !== wanted) await writing(path, () => writeFileAtomically(path, new TextEncoder().encode(wanted)));
  }

  #nameOf(path: string): string {
    return relative(this.#out, path).split(sep).join('/');
  }

  /** Whether munit has written the file at `path`, or was about to. */
  hasClaimed(path: string): boolean {
    return this.#claims.has(this.#nameOf(path));
  }

  /** Notes that files are going to be written: after a crash they are munit's. */
  async claim(paths: readonly string[]): Promise<void> {
    const names = paths.map((path) => this.#nameOf(path)).filter((name) => !this.#claims.has(name));
    if (names.length === 0) return;
    await this.#append(names.map((claim) => ({ claim })));
    for (const name of names) this.#claims.add(name);
  }

  /** Whether the results of an input are there, as they were made, and from what the input is now. */
  async isMade(name: string, input: string, paths: readonly string[]): Promise<boolean> {
    const made = this.#made.get(name);
    if (made === undefined || Object.keys(made.results).length !== paths.length) return false;
    for (const path of paths) {
      const note = Object.hasOwn(made.results, this.#nameOf(path)) ? made.results[this.#nameOf(path)] : undefined;
      if (note === undefined || !(await isStill(path, note))) return false;
    }
    return isStill(input, made.input);
  }

  /** Notes the results of an input. */
  async add(name: string, input: FileNote, results: readonly (readonly [path: string, note: FileNote])[]): Promise<void> {
    const made: Made = { input, results: Object.fromEntries(results.map(([path, note]) => [this.#nameOf(path), note])) };
    await this.#append([{ name, made }]);
    this.#made.set(name, made);
  }

  #append(lines: readonly Line[]): Promise<void> {
    const path = join(this.#out, LOG);
    return writing(path, () => appendFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  }
}

const textOf = (settings: Readonly<Record<string, unknown>>): string => `${JSON.stringify(settings, null, 2)}\n`;

/** @param were what was made, such as "The results in out were" */
export function otherSettings(were: string, noted: string, settings: Readonly<Record<string, unknown>>): ArgumentError {
  let before: unknown;
  try {
    before = JSON.parse(noted);
  } catch {
    before = undefined;
  }
  const other = textOf({ ...(before as Record<string, unknown>), model: settings['model'] }) === textOf(settings) ? 'another model' : 'other settings';
  return new ArgumentError(`${were} made with ${other} than ${other === 'another model' ? 'the one' : 'those'} given now.`, {
    remedy: { id: 'start-over', text: 'Write to another place, give the same settings, or resume: false to make all of them again.' },
  });
}
