/** Where frames come from: a camera, or a film of the user's. */
import { DataError } from '@munit/core';
import type { Size } from '@munit/images';
import { type Signal, signal } from '@preact/signals';

export interface FrameSource {
  readonly kind: 'camera' | 'film';
  readonly name: string;
  readonly video: HTMLVideoElement;
  /** Of its frames, in pixels. */
  readonly size: () => Size;
  /** Settles when there is another frame than before. */
  readonly next: () => Promise<void>;
  /** Somebody goes through it frame by frame: it does not play. */
  readonly stepped: Signal<boolean>;
  readonly close: () => void;
}

/** Where the browser does not say when a frame comes, and where a film stands still. */
const WAIT_MS = 100;

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(done);
    else requestAnimationFrame(done);
  });
}

const element = (): HTMLVideoElement => Object.assign(document.createElement('video'), { muted: true, playsInline: true });

const sourceOf = (kind: FrameSource['kind'], name: string, video: HTMLVideoElement, close: () => void): FrameSource => ({
  kind,
  name,
  video,
  size: () => ({ width: video.videoWidth, height: video.videoHeight }),
  next: () => nextFrame(video),
  stepped: signal(false),
  close,
});

/** @throws DataError when there is no camera, or it may not be used */
export async function openCamera(): Promise<FrameSource> {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media?.getUserMedia === undefined) throw new DataError('This page has no camera.', { remedy: 'Browsers give one to pages served over https or from this machine.' });
  let stream: MediaStream;
  try {
    stream = await media.getUserMedia({ video: { facingMode: 'user', width: { ideal: 640 } } });
  } catch (cause) {
    throw new DataError(`The camera cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause, remedy: 'Allow this page to use it, and close other programs that do.' });
  }
  const video = element();
  video.srcObject = stream;
  await video.play();
  return sourceOf('camera', 'camera', video, () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  });
}

/** @throws DataError when the file is not a film that this browser plays */
export async function openFilm(file: File): Promise<FrameSource> {
  const video = element();
  const address = URL.createObjectURL(file);
  const close = (): void => {
    video.pause();
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(address);
  };
  try {
    await new Promise((resolve, reject) => {
      video.addEventListener('loadeddata', resolve, { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message ?? 'it does not load')), { once: true });
      Object.assign(video, { src: address, loop: true, preload: 'auto' });
    });
    if (video.videoWidth === 0) throw new Error('it has no pictures');
    await video.play();
  } catch (cause) {
    close();
    throw new DataError(`${file.name} is not a film that this browser plays.`, { cause, remedy: 'Use MP4 (H.264), WebM or MOV.' });
  }
  return sourceOf('film', file.name, video, close);
}
