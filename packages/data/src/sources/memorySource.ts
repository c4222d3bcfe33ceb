import { ArgumentError, checkOptions } from '@munit/core';
import type { PixelImage } from '@munit/images';
import type { ImageSource } from './types.js';

/**
 * A source of pictures that are in memory already.
 * @throws ArgumentError when there are none, their channels differ, or the names do not match.
 */
export function memorySource(
  images: readonly PixelImage[],
  options: { readonly label?: string; readonly names?: readonly string[] } = {},
): ImageSource {
  checkOptions('memorySource', options, { label: true, names: true });
  const { label = 'memory', names = images.map((_, i) => String(i)) } = options;
  const channels = images[0]?.channels;
  if (channels === undefined) throw new ArgumentError('A source needs at least one picture; got none.');
  if (images.some((image) => image.channels !== channels)) {
    throw new ArgumentError('The pictures of one source must all have 1 channel or all have 3.');
  }
  if (names.length !== images.length) {
    throw new ArgumentError(`Each picture needs a name; got ${images.length} pictures and ${names.length} names.`);
  }
  return {
    label,
    names,
    channels,
    load: (index) => Promise.resolve({ image: images[index] as PixelImage }),
    dispose: () => Promise.resolve(),
  };
}
