import { extname } from 'node:path';
import { checkOptions } from '@munit/core';
import { BrokenImageError, type Channels, MAX_PIXELS, type Rgb, whiteBackground } from '@munit/images';
import type { ImageSource } from '../sources/types.js';
import { DecodePool } from './decode/decodePool.js';
import type { DomainFiles } from './listing/types.js';

/** How the files of a domain are decoded. */
export interface FileSourceOptions {
  /** 1 (grey) or 3 (RGB). Default 3. */
  readonly channels?: Channels | undefined;
  /** Shorter side after the antialiased bilinear resize; null keeps every image's own size. Default null. */
  readonly resize?: number | null | undefined;
  /** What alpha is composited on. Default white. */
  readonly background?: Rgb | undefined;
  /** Images with more pixels are broken. Default `MAX_PIXELS`. */
  readonly maxPixels?: number | undefined;
  /** Shared with other sources and left alone by `dispose()`; default: a pool of its own. */
  readonly pool?: DecodePool | undefined;
}

const extensionsOf: Readonly<Record<string, readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  png: ['.png'],
  webp: ['.webp'],
  gif: ['.gif'],
  tiff: ['.tif', '.tiff'],
  heif: ['.avif', '.heif', '.heic'],
};

/** Whether the file's extension says another format than its content is. */
export function isMislabelled(name: string, format: string): boolean {
  const expected = extensionsOf[format];
  return expected !== undefined && !expected.includes(extname(name).toLowerCase());
}

/** The files of a domain as a source: decoded in processes of their own. */
export function fileSource({ label, files }: DomainFiles, options: FileSourceOptions = {}): ImageSource {
  checkOptions('fileSource', options, { channels: true, resize: true, background: true, maxPixels: true, pool: true });
  const { channels = 3, resize = null, background = whiteBackground, maxPixels = MAX_PIXELS } = options;
  const pool = options.pool ?? new DecodePool();
  const prepare = { channels, resize, background, maxPixels };
  return {
    label,
    names: files.map(({ name }) => name),
    paths: files.map(({ path }) => path),
    channels,
    load: async (index) => {
      const file = files[index];
      if (file === undefined) throw new BrokenImageError(`${label}[${index}]`, 'is not in the list', { remedy: 'Load indices of its names only.' });
      const { image, format, enlargedFrom } = await pool.decode(file, prepare);
      const notes = [
        ...(isMislabelled(file.name, format) ? [`is a ${format} file though its name says ${extname(file.name)}`] : []),
        ...(enlargedFrom === undefined ? [] : [`is only ${enlargedFrom.width}×${enlargedFrom.height} and was enlarged to ${image.width}×${image.height}`]),
      ];
      return notes.length === 0 ? { image } : { image, note: notes.join(' and ') };
    },
    dispose: () => (options.pool === undefined ? pool.dispose() : Promise.resolve()),
  };
}
