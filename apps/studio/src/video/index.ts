/** A morph as a video file: by WebCodecs where there is an encoder, and else by recording a canvas. */
import type { Picture } from '@munit/infer';
import { draw } from '../ui/index.js';
import { encodeVideo } from './encode.js';
import { frameOrder, type Video, videoSize } from './frames.js';
import { recordVideo } from './record.js';

export interface SaveMorphOptions {
  readonly seconds: number;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** @throws DataError when this browser can write no video at all */
export async function saveMorph(pictures: readonly Picture[], { seconds, onProgress }: SaveMorphOptions): Promise<Video> {
  const small = new OffscreenCanvas(1, 1);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, videoSize(pictures[0]!));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const order = frameOrder(pictures.length, seconds);
  const paint = (frame: number): void => {
    draw(small, pictures[order[frame]!]!);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    onProgress(frame / order.length);
  };
  return (await encodeVideo(canvas, order.length, paint)) ?? recordVideo(canvas, order.length, paint);
}
