/** Model files on disk. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AbortedError } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import type { FileSource, ReadOptions } from '../model/sources/source.js';

/** How much is read at a time: between two reads an abort is noticed. */
const CHUNK = 2 ** 24;

function tooLarge(path: string, bytes: number | string, most: number): ModelSourceError {
  return new ModelSourceError(`${path} has ${bytes} bytes; at most ${most} were expected.`, {
    remedy: 'It is not the file that the model names.',
  });
}

/** The whole file. What it grows by while it is read is not trusted to end: reading stops one byte past the limit. */
async function readBounded(path: string, file: FileHandle, size: number, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(size + 1, options.maxBytes + 1));
  let length = 0;
  for (;;) {
    if (options.signal?.aborted === true) throw new AbortedError('Loading the model was aborted.');
    if (length === bytes.length) {
      if (length > options.maxBytes) throw tooLarge(path, `more than ${options.maxBytes}`, options.maxBytes);
      const larger = new Uint8Array(Math.min(2 * length + CHUNK, options.maxBytes + 1));
      larger.set(bytes);
      bytes = larger;
    }
    const { bytesRead } = await file.read(bytes, length, Math.min(CHUNK, bytes.length - length));
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    options.onBytes?.(length, Math.max(length, size));
  }
}

/** The bytes of a file; undefined where there is none. */
async function readBytes(path: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let file: FileHandle | undefined;
  try {
    // Opening a named pipe would wait for its other end.
    const found = await stat(path);
    if (!found.isFile()) {
      throw new ModelSourceError(`${path} is not a file.`, { remedy: 'Give a model folder, a .safetensors or a .pt file.' });
    }
    if (found.size > options.maxBytes) throw tooLarge(path, found.size, options.maxBytes);
    file = await open(path, 'r');
    return await readBounded(path, file, found.size, options);
  } catch (cause) {
    if (cause instanceof ModelSourceError || cause instanceof AbortedError) throw cause;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ModelSourceError(`${path} cannot be read.`, { cause, remedy: 'Check that it is a file and that you may read it.' });
  } finally {
    await file?.close();
  }
}

/** A folder, or a file: its own, or the `model.json` of its folder. @throws ModelSourceError when nothing is there */
export async function folderSource(path: string): Promise<FileSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ModelSourceError(`${path} does not exist.`, { cause, remedy: 'Give a model folder, a .safetensors or a .pt file.' });
  });
  const isFile = !found.isDirectory();
  const folder = isFile ? dirname(path) : path;
  const name = basename(path);
  const single = isFile && !name.endsWith('.json') ? name : undefined;
  return { where: path, single, local: true, read: (file, options) => readBytes(join(folder, file), options) };
}
