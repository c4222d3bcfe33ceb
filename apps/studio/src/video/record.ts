/** Videos by recording a canvas while it plays, where the browser has no WebCodecs. */
import { DataError } from '@munit/core';
import { FRAME_RATE, type Video } from './frames.js';
import { words } from '../words/words.js';

const unable = (): DataError => new DataError(words.peek().live.noVideo, { remedy: words.peek().live.noVideoRemedy });

/** @throws DataError where the browser cannot record either */
export async function recordVideo(canvas: HTMLCanvasElement, frames: number, paint: (frame: number) => void): Promise<Video> {
  if (typeof MediaRecorder !== 'function') throw unable();
  const extension = (['webm', 'mp4'] as const).find((type) => MediaRecorder.isTypeSupported(`video/${type}`));
  if (extension === undefined) throw unable();
  const recorder = new MediaRecorder(canvas.captureStream(FRAME_RATE), { mimeType: `video/${extension}` });
  const pieces: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  const ended = new Promise((resolve) => {
    recorder.addEventListener('stop', resolve);
  });
  recorder.start();
  for (let frame = 0; frame < frames; frame++) {
    paint(frame);
    await new Promise((resolve) => {
      setTimeout(resolve, 1000 / FRAME_RATE);
    });
  }
  recorder.stop();
  await ended;
  const blob = new Blob(pieces, { type: `video/${extension}` });
  // A recorder that lacks its encoder ends without a word.
  if (blob.size === 0) throw unable();
  return { blob, extension };
}
