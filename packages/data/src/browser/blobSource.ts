import { ArgumentError, checkOptions } from '@munit/core';
import { BrokenImageError, type Channels, MAX_PIXELS, resizeShorterSide, type Rgb, toChannels } from '@munit/images';
import { decodeBlob } from '@munit/images/browser';
import type { ImageSource } from '../sources/types.js';

/** How files are decoded. */
export interface BlobSourceOptions {
  /** 1 (grey) or 3 (RGB). Default 3. */
  readonly channels?: Channels | undefined;
  /** Shorter side after the antialiased bilinear resize; null keeps the size. Default null. */
  readonly resize?: number | null | undefined;
  /** What alpha is composited on. Default white. */
  readonly background?: Rgb | undefined;
  /** Images with more pixels are broken. Default `MAX_PIXELS`. */
  readonly maxPixels?: number | undefined;
  /** Name of the source, for messages. */
  readonly label?: string | undefined;
}

/**
 * Files that the user picked or dropped, as a source for `UnpairedBatches`. Sorted by name, so that the order does not depend on the
 * file dialogue. Decoded by the browser; composited, converted and resized by the same code as in Node.
 * @throws ArgumentError when there are none.
 */
export function blobSource(files: readonly File[], options: BlobSourceOptions = {}): ImageSource {
  checkOptions('blobSource', options, { channels: true, resize: true, background: true, maxPixels: true, label: true });
  if (files.length === 0) throw new ArgumentError('A source needs at least one file; got none.');
  const nameOf = (file: File): string => (file.webkitRelativePath === '' ? file.name : file.webkitRelativePath);
  const sorted = [...files].sort((p, q) => (nameOf(p) < nameOf(q) ? -1 : nameOf(p) > nameOf(q) ? 1 : 0));
  const { label = `${files.length} files`, channels = 3, resize = null, background, maxPixels = MAX_PIXELS } = options;
  return {
    label,
    names: sorted.map(nameOf),
    channels,
    load: async (index) => {
      const file = sorted[index];
      if (file === undefined) throw new BrokenImageError(`${label}[${index}]`, 'is not in the list', { remedy: 'Load indices of its names only.' });
      const image = toChannels(await decodeBlob(file, { name: nameOf(file), maxPixels }), channels, background);
      return { image: resize === null ? image : resizeShorterSide(image, resize) };
    },
    dispose: () => Promise.resolve(),
  };
}
