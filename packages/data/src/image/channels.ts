import { ArgumentError } from '@munit/core';
import { convertChannels } from './kernels/channels.js';
import type { RawPixels } from './kernels/channels.js';
import type { Channels, PixelImage, Rgb } from './types.js';

/** Where alpha shows through: white, as paper. */
export const whiteBackground: Rgb = [255, 255, 255];

/**
 * Composites alpha on `background` and converts to 1 or 3 channels (grey by ITU-R 601 luma after
 * compositing, as Pillow's `convert('L')`; colour from grey by repetition).
 * @throws ArgumentError for a channel count other than 1 to 4 or a length that does not fit.
 */
export function toChannels(raw: RawPixels, channels: Channels, background: Rgb = whiteBackground): PixelImage {
  if (raw.channels < 1 || raw.channels > 4 || raw.data.length !== raw.width * raw.height * raw.channels) {
    throw new ArgumentError(
      `Expected ${raw.width}×${raw.height} pixels of 1 to 4 channels; got ${raw.data.length} values for ${raw.channels} channels.`,
    );
  }
  return convertChannels(raw, channels, background);
}
