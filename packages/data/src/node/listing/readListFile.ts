import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataError } from '@munit/core';
import { ioError } from './ioError.js';
import type { ImageFile } from './types.js';

/**
 * The official list format: one path per line, relative to `root` (an absolute path stays as it is). Blank lines are left out.
 * The order is the file's. Files that do not exist are named when they are read.
 * @throws DataError when the list is missing, cannot be read or is empty.
 */
export async function readListFile(list: string, root: string): Promise<ImageFile[]> {
  let text: string;
  try {
    text = await readFile(list, 'utf8');
  } catch (error) {
    throw ioError('The list', list, error);
  }
  const names = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== '');
  if (names.length === 0) {
    throw new DataError(`The list ${list} is empty.`, { remedy: 'Write one path per line, relative to the data folder.' });
  }
  return names.map((name) => ({ name, path: resolve(root, name) }));
}
