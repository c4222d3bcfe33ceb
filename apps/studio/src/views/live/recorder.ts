/** Records what is translated, and goes through a film frame by frame: both end as a video file. */
import { DataError } from '@munit/core';
import { signal } from '@preact/signals';
import type { Picture } from '@munit/infer';
import { part } from '../../chunk.js';
import { FRAME_RATE } from '../../video/frames.js';
import { orderOfTimes } from '../../video/times.js';
import { type LiveFrame, liveSource, onFrame, show, translateFrame } from './live.js';
import type { FrameSource } from './source.js';

export interface Recording {
  readonly kind: 'live' | 'film' | 'writing';
  readonly frames: number;
  /** 0 to 1, where the end is known. */
  readonly done: number | undefined;
}

export interface RecordedVideo {
  readonly blob: Blob;
  readonly extension: string;
}

export const recording = signal<Recording | undefined>(undefined);

/** What is kept until the end: half a gigabyte of pictures. */
const MOST_BYTES = 5e8;

interface Kept {
  readonly picture: Picture;
  /** Seconds since the first. */
  readonly time: number;
}

let kept: Kept[] = [];
let bytes = 0;
let stop = new AbortController();

function keep(picture: Picture, time: number): boolean {
  kept.push({ picture, time });
  bytes += picture.values.byteLength;
  return bytes < MOST_BYTES;
}

function begin(): AbortSignal {
  kept = [];
  bytes = 0;
  stop = new AbortController();
  return stop.signal;
}

/** Ends what is recorded: it is written then. */
export const stopRecording = (): void => stop.abort();

/** Records until it is stopped, or memory is full. @throws DataError when the video cannot be written */
export async function recordLive(): Promise<RecordedVideo> {
  const signal = begin();
  const from = performance.now();
  recording.value = { kind: 'live', frames: 0, done: undefined };
  onFrame.value = ({ after }: LiveFrame) => {
    if (!keep(after, (performance.now() - from) / 1000)) stop.abort();
    recording.value = { kind: 'live', frames: kept.length, done: undefined };
  };
  const ended = liveSource.subscribe((source) => source === undefined && stop.abort());
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', resolve, { once: true });
  });
  ended();
  onFrame.value = undefined;
  return write((performance.now() - from) / 1000);
}

const seeked = (video: HTMLVideoElement, time: number): Promise<void> =>
  new Promise((resolve, reject) => {
    video.addEventListener('seeked', () => resolve(), { once: true });
    video.addEventListener('error', () => reject(new DataError('The film cannot be read to its end.')), { once: true });
    video.currentTime = time;
  });

/** Every frame of a film, however long it takes, until it is stopped. @throws DataError as `recordLive` */
export async function translateFilm(source: FrameSource): Promise<RecordedVideo> {
  const signal = begin();
  const { video } = source;
  const duration = Number.isFinite(video.duration) ? video.duration : await lengthOf(video);
  const total = Math.max(1, Math.floor(duration * FRAME_RATE));
  source.stepped.value = true;
  video.pause();
  try {
    for (let frame = 0; frame < total && !signal.aborted; frame++) {
      recording.value = { kind: 'film', frames: frame, done: frame / total };
      // In the middle of a frame, so that rounding takes no neighbour.
      await seeked(video, Math.min((frame + 0.5) / FRAME_RATE, Math.max(0, duration - 0.001)));
      const made = await translateFrame(source);
      if (made === undefined) break;
      show(made);
      if (!keep(made.after, frame / FRAME_RATE)) break;
    }
    return await write(kept.length / FRAME_RATE);
  } finally {
    source.stepped.value = false;
    void video.play().catch(() => undefined);
  }
}

/** Recorders of browsers write no length: it is known when the end was looked for. */
async function lengthOf(video: HTMLVideoElement): Promise<number> {
  await seeked(video, 1e9);
  const end = Number.isFinite(video.duration) ? video.duration : video.currentTime;
  await seeked(video, 0);
  return end;
}

async function write(seconds: number): Promise<RecordedVideo> {
  try {
    if (kept.length === 0) throw new DataError('Nothing was translated yet.', { remedy: 'Wait for the first image.' });
    recording.value = { kind: 'writing', frames: kept.length, done: 0 };
    const { saveFrames } = await part('The writer of videos', () => import('../../video/saveFrames.js'));
    const order = orderOfTimes(kept.map(({ time }) => time), seconds);
    return await saveFrames(kept.map(({ picture }) => picture), { order, onProgress: (done) => (recording.value = { kind: 'writing', frames: order.length, done }) });
  } finally {
    kept = [];
    recording.value = undefined;
  }
}
