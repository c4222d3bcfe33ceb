/** A film as its frames, whatever file it is in. */
import { open } from 'node:fs/promises';
import { MunitError } from '@munit/core';
import { FILE_KIND_BYTES, fileKindOf } from '@munit/images';
import { codeOf } from '@munit/images/node';
import { openAnimation } from './animation.js';
import { openContainer } from './container.js';
import { brokenFilm } from './library.js';
import type { FilmSource } from './types.js';

const CHECK = 'Check the path and its permissions.';

async function headOf(path: string): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile()) throw brokenFilm(path, found.isDirectory() ? 'is a folder' : 'is not a file', found.isDirectory() ? 'Give a film, or leave out the name of a film after --out.' : CHECK);
    const { buffer, bytesRead } = await file.read(new Uint8Array(FILE_KIND_BYTES), 0, FILE_KIND_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined || cause instanceof MunitError) throw cause;
    throw brokenFilm(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`, CHECK, cause);
  } finally {
    await file?.close();
  }
}

/**
 * Opens a film by its content: MP4, MOV, WebM, Matroska, MPEG-TS; an animated GIF or WebP.
 * @throws DataError for what is not there, not a film, damaged or too large, and without the packages that read it
 */
export async function openFilm(path: string): Promise<FilmSource> {
  const head = await headOf(path);
  if (head.length === 0) throw brokenFilm(path, 'is empty (0 bytes)', 'Download the file again.');
  const kind = fileKindOf(head);
  if (kind?.format === 'gif' || kind?.format === 'webp') return openAnimation(path);
  if (kind?.format !== undefined) throw brokenFilm(path, `is ${kind.what}, not a film`, 'Give a folder after --out to translate images.');
  return openContainer(path, kind?.what);
}
