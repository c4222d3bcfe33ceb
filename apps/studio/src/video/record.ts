/** Videos by recording a canvas while it plays, where the browser has no WebCodecs. */
import { DataError } from '@munit/core';
import { FRAME_RATE, type Video } from './frames.js';

/** @throws DataError where the browser cannot record either */
export async function recordVideo(canvas: HTMLCanvasElement, frames: number, paint: (frame: number) => void): Promise<Video> {
  if (typeof MediaRecorder !== 'function') throw new DataError('This browser can write no video.', { remedy: 'Save single pictures instead.' });
  const extension = MediaRecorder.isTypeSupported('video/webm') ? 'webm' : 'mp4';
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
  return { blob: new Blob(pieces, { type: `video/${extension}` }), extension };
}
