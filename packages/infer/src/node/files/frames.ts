/** Pictures that follow one another. */
import { ArgumentError } from '@munit/core';
import { loadSharp } from '@munit/images/node';
import type { FilePicture } from '../picture.js';
import { encodeMp4 } from './mp4.js';

/** There and back again, so that the loop has no jump: 0 1 2 3 2 1. */
export const thereAndBack = <T>(frames: readonly T[]): T[] => [...frames, ...frames.slice(1, -1).reverse()];

/** An animated WebP or GIF that loops for ever, or an MP4. @throws ArgumentError when there are no frames; DataError for an MP4 without its encoder */
export async function encodeAnimation(frames: readonly FilePicture[], type: 'webp' | 'gif' | 'mp4', delayMs: number): Promise<Uint8Array> {
  if (type === 'mp4') return encodeMp4(frames, delayMs);
  const sharp = await loadSharp();
  if (frames.length === 0) throw new ArgumentError('An animation needs at least one frame.');
  const pngs = await Promise.all(frames.map(async (frame) => Buffer.from(await (await frame.toBlob()).arrayBuffer())));
  const joined = sharp(pngs, { join: { animated: true } });
  const delay = pngs.map(() => delayMs);
  return new Uint8Array(await (type === 'webp' ? joined.webp({ loop: 0, delay, quality: 90 }) : joined.gif({ loop: 0, delay })).toBuffer());
}
