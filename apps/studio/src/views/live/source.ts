/** Where frames come from: a camera, or a film of the user's. */
import { DataError } from '@munit/core';
import type { Size } from '@munit/images';
import { type Signal, signal } from '@preact/signals';
import { words } from '../../words/words.js';

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
  /** Aborts when it is closed. */
  readonly closed: AbortSignal;
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

interface SourceParts extends Pick<FrameSource, 'kind' | 'name' | 'video' | 'close'> {
  /** Throws what there is to say when no frame can follow. */
  readonly check?: () => void;
}

function sourceOf({ kind, name, video, close, check }: SourceParts): FrameSource {
  const closed = new AbortController();
  return {
    kind,
    name,
    video,
    size: () => ({ width: video.videoWidth, height: video.videoHeight }),
    next: async () => {
      await nextFrame(video);
      check?.();
    },
    stepped: signal(false),
    closed: closed.signal,
    close() {
      closed.abort();
      close();
    },
  };
}

/** @throws DataError when there is no camera, or it may not be used */
export async function openCamera(): Promise<FrameSource> {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media?.getUserMedia === undefined) throw new DataError(words.peek().live.noCamera, { remedy: words.peek().live.noCameraRemedy });
  let stream: MediaStream;
  try {
    stream = await media.getUserMedia({ video: { facingMode: 'user', width: { ideal: 640 } } });
  } catch (cause) {
    throw new DataError(words.peek().live.unusable(cause instanceof Error ? cause.message : String(cause)), { cause, remedy: words.peek().live.unusableRemedy });
  }
  const video = element();
  const close = (): void => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  // Unplugged, or taken away by its user: the video would show its last frame forever.
  const check = (): void => {
    if (stream.getTracks().every(({ readyState }) => readyState === 'ended')) throw new DataError(words.peek().live.cameraStopped, { remedy: words.peek().live.cameraStoppedRemedy });
  };
  try {
    video.srcObject = stream;
    await video.play();
  } catch (cause) {
    close();
    throw new DataError(words.peek().live.noPicture, { cause, remedy: words.peek().live.noPictureRemedy });
  }
  return sourceOf({ kind: 'camera', name: 'camera', video, close, check });
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
    throw new DataError(words.peek().live.notFilm(file.name), { cause, remedy: words.peek().live.notFilmRemedy });
  }
  return sourceOf({ kind: 'film', name: file.name, video, close });
}
