/** Files that a page was given: one, or several of a folder. */
import { AbortedError } from '@munit/core';
import { ModelSourceError } from '../../errors.js';
import type { FileSource, ReadOptions } from './source.js';

/** A file's name; a `Blob` without one is recognized by its first bytes. */
function nameOf(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : 'model';
}

async function bytesOf(blob: Blob, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  if (options.signal?.aborted === true) throw new AbortedError('Loading the model was aborted.');
  if (blob.size > options.maxBytes) {
    throw new ModelSourceError(`'${nameOf(blob)}' has ${blob.size} bytes, more than the expected ${options.maxBytes}.`, {
      remedy: 'It is not the file that the model names.',
    });
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  options.onBytes?.(bytes.length, blob.size);
  return bytes;
}

/** One file is a model by itself; of several, names count without their folders. */
export function blobSource(blobs: readonly Blob[]): FileSource {
  const byName = new Map(blobs.map((blob) => [nameOf(blob), blob]));
  const [first] = blobs;
  const single = blobs.length === 1 && first !== undefined && !nameOf(first).endsWith('.json') ? nameOf(first) : undefined;
  return {
    where: single ?? 'the given files',
    single,
    local: true,
    read: async (name, options) => {
      const blob = byName.get(name);
      return blob === undefined ? undefined : bytesOf(blob, options);
    },
  };
}

/** The files of a folder in memory, as `packModel` makes them. */
export function filesSource(files: ReadonlyMap<string, Uint8Array>): FileSource {
  return {
    where: 'the given files',
    single: undefined,
    local: true,
    read: (name) => {
      const bytes = files.get(name);
      return Promise.resolve(bytes === undefined ? undefined : new Uint8Array(bytes));
    },
  };
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array): FileSource {
  return { where: 'the given bytes', single: 'model', read: () => Promise.resolve(new Uint8Array(bytes)) };
}
