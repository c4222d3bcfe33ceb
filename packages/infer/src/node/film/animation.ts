/** Animated GIF and WebP images as films, read by sharp page by page. */
import { checkPixels, MAX_PIXELS, toChannels } from '@munit/images';
import { loadSharp } from '@munit/images/node';
import { brokenFilm, messageOf } from './library.js';
import type { FilmFrame, FilmSource } from './types.js';

/** What browsers make of a delay of 0 or 10 ms. */
const SHORTEST_MS = 20;
const USUAL_MS = 100;

const delayOf = (delay: number | undefined): number => (delay === undefined || delay < SHORTEST_MS ? USUAL_MS : delay) / 1000;

/** @throws DataError when it cannot be decoded */
export async function openAnimation(path: string): Promise<FilmSource> {
  const sharp = await loadSharp();
  const broken = (cause: unknown): Error => brokenFilm(path, `is damaged (${messageOf(cause)})`, 'Download the file again.', cause);
  const { width, pageHeight, height, pages = 1, delay = [], format } = await sharp(path, { pages: -1, limitInputPixels: false }).metadata().catch((cause: unknown) => {
    throw broken(cause);
  });
  const size = { width, height: pageHeight ?? height };
  checkPixels(path, size.width, size.height, MAX_PIXELS);
  return {
    format: format.toUpperCase(),
    size,
    count: pages,
    sound: [],
    async *frames(after) {
      let timestamp = 0;
      for (let page = 0; page < pages; page++) {
        const duration = delayOf(delay[page]);
        if (timestamp > after) {
          const { data, info } = await sharp(path, { page, pages: 1, failOn: 'error', limitInputPixels: false })
            .toColourspace('srgb')
            .raw({ depth: 'uchar' })
            .toBuffer({ resolveWithObject: true })
            .catch((cause: unknown) => {
              throw broken(cause);
            });
          yield { timestamp, duration, pixels: toChannels({ ...size, channels: info.channels, data }, 3) } satisfies FilmFrame;
        }
        timestamp += duration;
      }
    },
    close: () => undefined,
  };
}
