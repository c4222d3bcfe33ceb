import { ArgumentError } from '@munit/core';
import { BrokenImageError } from '../sources/types.js';
import type { ImageSource } from '../sources/types.js';
import { decodeBlob } from './decodeBlob.js';
import type { DecodeBlobOptions } from './decodeBlob.js';

/**
 * Files that the user picked or dropped, as a source for `UnpairedBatches`. Sorted by name, so that the order does not depend on the file dialogue.
 * @throws ArgumentError when there is none.
 */
export function blobSource(files: readonly File[], options: Omit<DecodeBlobOptions, 'name'> & { readonly label?: string } = {}): ImageSource {
  if (files.length === 0) throw new ArgumentError('A source needs at least one file; got none.');
  const nameOf = (file: File): string => (file.webkitRelativePath === '' ? file.name : file.webkitRelativePath);
  const sorted = [...files].sort((p, q) => (nameOf(p) < nameOf(q) ? -1 : nameOf(p) > nameOf(q) ? 1 : 0));
  const { label = `${files.length} files`, ...decode } = options;
  return {
    label,
    names: sorted.map(nameOf),
    channels: decode.channels ?? 3,
    load: async (index) => {
      const file = sorted[index];
      if (file === undefined) throw new BrokenImageError(`${label}[${index}]`, 'is not in the list');
      return { image: await decodeBlob(file, { ...decode, name: nameOf(file) }) };
    },
    dispose: () => Promise.resolve(),
  };
}
