/** Images as a video file: by WebCodecs where there is an encoder, and else by recording a canvas. */
import type { Picture } from '@munit/infer';
import { draw } from '../ui/draw.js';
import { encodeInWorker } from './client.js';
import { type Video, videoSize } from './frames.js';
import { paintOf } from './protocol.js';
import { recordVideo } from './record.js';

export interface SaveFramesOptions {
  /** Which image each frame shows. */
  readonly order: readonly number[];
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** @throws DataError when this browser can write no video at all */
export async function saveFrames(pictures: readonly Picture[], { order, onProgress }: SaveFramesOptions): Promise<Video> {
  const size = videoSize(pictures[0]!);
  const encoded = await encodeInWorker(pictures, { size, order, onProgress });
  if (encoded !== undefined) return encoded;
  const canvas = Object.assign(document.createElement('canvas'), size);
  const paint = paintOf(canvas, (frame, small) => {
    draw(small, pictures[order[frame]!]!);
    onProgress(frame / order.length);
  });
  return recordVideo(canvas, order.length, paint);
}
