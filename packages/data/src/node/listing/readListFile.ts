import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataError } from '@munit/core';
import { decodeText } from '@munit/core/text';
import { FILE_KIND_BYTES, fileKindOf } from '@munit/images';
import { ioError, NOT_UTF8 } from '@munit/images/node';
import type { ImageFile } from './types.js';

/** @throws DataError unless it is a file that can be read: a pipe or a device may never end */
async function readBytes(list: string): Promise<Uint8Array> {
  try {
    const found = await stat(list);
    if (found.isFile() || found.isDirectory()) return await readFile(list);
  } catch (error) {
    throw ioError('The list', list, error);
  }
  throw new DataError(`The list ${list} is not a file.`, { remedy: 'Write it to a file: one path per line.' });
}

/** A first line such as "BMW.png" begins like a BMP file, and yet is a name. */
const looksLikeNames = (text: string): boolean => !/\p{Cc}/u.test(text.slice(0, FILE_KIND_BYTES).replace(/\s/g, '')) && !/^\s*[<%]|^version https:/.test(text);

/** @throws DataError that says what the file is, when it is not a list */
function textOf(list: string, bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (text !== undefined && looksLikeNames(text)) return text;
  const kind = fileKindOf(bytes);
  if (kind !== undefined) throw new DataError(`${list} is ${kind.what}, not a list of images.`, { remedy: `${kind.advice[0]!.toUpperCase()}${kind.advice.slice(1)}.` });
  if (text !== undefined) return text;
  throw new DataError(`${list} is not a text file, so it is not a list of images.`, { remedy: 'Give a folder of images, or a text file with one path per line.' });
}

/**
 * The official list format: one path per line, relative to `root` (an absolute path stays as it is), in UTF-8 or UTF-16. Blank lines are left
 * out. The order is the file's. Files that do not exist are named when they are read.
 * @throws DataError when the list is missing, cannot be read, is empty, or is another kind of file (an image, an archive, a film)
 */
export async function readListFile(list: string, root: string): Promise<ImageFile[]> {
  const text = textOf(list, await readBytes(list));
  const names = text.split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== '');
  if (names.length === 0) {
    throw new DataError(`The list ${list} is empty.`, { remedy: 'Write one path per line, relative to the data folder.' });
  }
  return names.map((name): ImageFile => {
    const file = { name, path: resolve(root, name) };
    return name.includes('\uFFFD') ? { ...file, unusable: NOT_UTF8 } : file;
  });
}
