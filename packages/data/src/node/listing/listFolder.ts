import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DataError } from '@munit/core';
import { ioError } from './ioError.js';

/**
 * Extensions that mean an image, any case. Formats that the decoder turns out not to read are listed too, so that such a file
 * is named as broken instead of silently missing.
 */
export const imageExtensions: readonly string[] = [
  '.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.bmp', '.ppm', '.pgm', '.pnm',
];

/** What is below a folder, hidden files left out. */
export interface FolderListing {
  /** Relative to the folder, with '/', sorted by code unit: the same order on every machine. */
  readonly images: readonly string[];
  /** Files that are not images by their extension. */
  readonly ignored: readonly string[];
}

/**
 * All images below a folder. Hidden files and folders (".DS_Store", "._cat.jpg") are left out; links are followed, loops are not.
 * @throws DataError when the folder is missing, is a file or cannot be read.
 */
export async function listFolder(dir: string): Promise<FolderListing> {
  const images: string[] = [];
  const ignored: string[] = [];
  const visit = async (folder: string, prefix: string, above: readonly string[]): Promise<void> => {
    let entries;
    let real;
    try {
      real = await realpath(folder);
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      throw ioError('The folder', folder, error);
    }
    if (above.includes(real)) return;
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      // A link that leads nowhere is listed by its extension and named when it is read.
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isDirectory() === true) await visit(path, `${name}/`, [...above, real]);
      else if (imageExtensions.includes(extname(entry.name).toLowerCase())) images.push(name);
      else ignored.push(name);
    }
  };
  await visit(dir, '', []);
  images.sort();
  ignored.sort();
  return { images, ignored };
}

/** @throws DataError when there is no image in the listing. */
export function requireImages(dir: string, { images, ignored }: FolderListing): void {
  if (images.length > 0) return;
  const others = ignored.length === 0 ? 'it is empty' : `it holds only ${ignored.length} other files (${ignored.slice(0, 3).join(', ')})`;
  throw new DataError(`The folder ${dir} holds no images: ${others}.`, {
    remedy: `Put images there; the extensions are ${imageExtensions.join(' ')}.`,
  });
}
