/** Which files below a folder are images: one answer for training, checking and translating. */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DataError } from '@munit/core/errors';
import { checkOptions } from '@munit/core/options';
import { codeOf, ioError } from './ioError.js';
import { kindOfFileAt, NOT_UTF8, specialKindOf } from './readImageFile.js';

/**
 * Extensions that mean an image, any case. Formats that the decoder turns out not to read are listed too, so that such a file
 * is named as broken instead of silently missing.
 */
export const imageExtensions: readonly string[] = [
  '.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.heic', '.heif', '.jxl', '.bmp', '.ppm', '.pgm', '.pnm',
];

/** Something below a folder that should be an image and cannot be read. */
export interface UnusableEntry {
  /** Relative to the folder, with '/'; bytes that are not UTF-8 as \xE9. */
  readonly name: string;
  /** The rest of a sentence about it: `is a named pipe, not an image file`. */
  readonly reason: string;
}

/** What is below a folder, hidden files left out. */
export interface FolderListing {
  /** Relative to the folder, with '/', sorted by code unit: the same order on every machine. */
  readonly images: readonly string[];
  /** Files that are not images by their extension, and folders of runs. */
  readonly ignored: readonly string[];
  /** Images by their extension that are not files or whose names are not UTF-8, and folders that cannot be opened; sorted. */
  readonly unusable: readonly UnusableEntry[];
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'is a folder that may not be opened (permission denied)',
  EPERM: 'is a folder that may not be opened (operation not permitted)',
  EMFILE: 'is a folder that cannot be opened: too many open files',
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sentence = (advice: string): string => `${advice[0]!.toUpperCase()}${advice.slice(1)}.`;

/** The name as text, and whether it is the name: with bytes that are not UTF-8 Node could not say it. */
function nameOf(bytes: Buffer): { readonly name: string; readonly isText: boolean } {
  const name = bytes.toString('utf8');
  if (Buffer.from(name).equals(bytes)) return { name, isText: true };
  const shown = [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`)).join('');
  return { name: shown, isText: false };
}

/** What a run of `munit train` leaves: its samples are not training images. */
const isRunFolder = (entries: readonly Dirent<Buffer>[]): boolean => {
  const has = (name: string, is: (entry: Dirent<Buffer>) => boolean): boolean => entries.some((entry) => entry.name.toString('utf8') === name && is(entry));
  return has('run.json', (entry) => entry.isFile()) && has('checkpoints', (entry) => entry.isDirectory());
};

/** One walk through a folder and all below it. */
class Walk {
  readonly images: string[] = [];
  readonly ignored: string[] = [];
  readonly unusable: UnusableEntry[] = [];
  readonly #skip: string | undefined;

  constructor(skip: string | undefined) {
    this.#skip = skip;
  }

  /** @param above the real paths of this folder's parents, for links that lead back */
  async visit(folder: string, prefix: string, above: readonly string[]): Promise<void> {
    let real: string;
    let entries: Dirent<Buffer>[];
    try {
      real = await realpath(folder);
      if (real === this.#skip || above.includes(real)) return;
      entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      if (prefix === '') throw error;
      this.unusable.push({ name: prefix, reason: reasons[codeOf(error) ?? ''] ?? `is a folder that cannot be opened (${codeOf(error) ?? String(error)})` });
      return;
    }
    // The folder that was asked for is taken, whatever it is.
    if (prefix !== '' && isRunFolder(entries)) {
      this.ignored.push(`${prefix} (a run)`);
      return;
    }
    for (const entry of entries) await this.#enter(folder, prefix, entry, [...above, real]);
  }

  async #enter(folder: string, prefix: string, entry: Dirent<Buffer>, above: readonly string[]): Promise<void> {
    const { name, isText } = nameOf(entry.name);
    if (name.startsWith('.')) return;
    const path = join(folder, name);
    const isImage = imageExtensions.includes(extname(name).toLowerCase());
    // A link that leads nowhere is listed by its extension and named when it is read.
    const kind: Dirent<Buffer> | Stats | undefined = isText && entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    const isFolder = kind?.isDirectory() === true;
    if (isFolder && isText) await this.visit(path, `${prefix}${name}/`, above);
    else if (!isText && (isFolder || isImage)) this.unusable.push({ name: prefix + name, reason: NOT_UTF8 });
    else if (!isImage) this.ignored.push(prefix + name);
    else {
      const special = kind === undefined || kind.isSymbolicLink() ? undefined : specialKindOf(kind);
      if (special === undefined) this.images.push(prefix + name);
      else this.unusable.push({ name: prefix + name, reason: `is ${special}, not an image file` });
    }
  }
}

/** Why a path is not a folder of images, as an error that says what it is. */
export async function notAFolder(dir: string, cause?: unknown): Promise<DataError> {
  const kind = cause === undefined || codeOf(cause) === 'ENOTDIR' ? await kindOfFileAt(dir) : undefined;
  if (kind !== undefined) return new DataError(`${dir} is ${kind.what}, not a folder of images.`, { cause, remedy: sentence(kind.advice) });
  if (cause === undefined) return new DataError(`${dir} is not a folder.`, { remedy: 'Give a folder of images.' });
  return ioError('The folder', dir, cause);
}

/**
 * All images below a folder. Hidden files and folders (".DS_Store", "._cat.jpg") and folders of training runs are left out; links are
 * followed, loops are not.
 * @param options.skip the real path of a folder to leave out
 * @throws DataError when the folder is missing, is a file or cannot be read
 */
export async function listImages(dir: string, options: { readonly skip?: string | undefined } = {}): Promise<FolderListing> {
  checkOptions('listImages', options, { skip: true });
  const walk = new Walk(options.skip);
  try {
    await walk.visit(dir, '', []);
  } catch (error) {
    throw await notAFolder(dir, error);
  }
  return {
    images: walk.images.sort(compare),
    ignored: walk.ignored.sort(compare),
    unusable: walk.unusable.sort((a, b) => compare(a.name, b.name)),
  };
}
