/** Model files on disk. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AbortedError } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import type { FileSource, ReadOptions } from '../model/index.js';

async function readBytes(path: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const { size } = await stat(path);
    if (size > options.maxBytes) {
      throw new ModelSourceError(`${path} has ${size} bytes, more than the expected ${options.maxBytes}.`, {
        remedy: 'It is not the file that the model names.',
      });
    }
    const bytes = new Uint8Array(await readFile(path, options.signal === undefined ? {} : { signal: options.signal }));
    options.onBytes?.(bytes.length, size);
    return bytes;
  } catch (cause) {
    if (cause instanceof ModelSourceError) throw cause;
    if (options.signal?.aborted === true) throw new AbortedError('Loading the model was aborted.', { cause });
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ModelSourceError(`${path} cannot be read.`, { cause, remedy: 'Check that it is a file and that you may read it.' });
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
  return { where: path, single, read: (file, options) => readBytes(join(folder, file), options) };
}
