/** Records what is translated, and goes through a film frame by frame: both end as a video file. */
import { DataError, DeviceLostError } from '@munit/core';
import { signal } from '@preact/signals';
import type { Picture } from '@munit/infer';
import { part } from '../../chunk.js';
import { notifyError } from '../../ui/notices.js';
import { FRAME_RATE } from '../../video/frames.js';
import { orderOfTimes } from '../../video/times.js';
import { type LiveFrame, liveSource, onFrame, show, translateFrame } from './live.js';
import type { FrameSource } from './source.js';
import { words } from '../../words/words.js';

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

/** Settles when the film shows that time, or is not wanted any more. */
function seeked(video: HTMLVideoElement, time: number, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const once = { once: true, signal: done.signal };
  return new Promise<void>((resolve, reject) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), once);
    video.addEventListener('seeked', () => resolve(), once);
    video.addEventListener('error', () => reject(new DataError(words.peek().live.notToEnd)), once);
    video.currentTime = time;
  }).finally(() => done.abort());
}

/** A frame; once more when the device was lost, which is open again by then. */
const translated = (source: FrameSource): Promise<LiveFrame | undefined> =>
  translateFrame(source).catch((error: unknown) => {
    if (error instanceof DeviceLostError) return translateFrame(source);
    throw error;
  });

/**
 * Every frame of a film, however long it takes, until it is stopped or the film is closed. After a failure, which is reported in a notice,
 * the video has the frames before it. @throws DataError as `recordLive`
 */
export async function translateFilm(source: FrameSource): Promise<RecordedVideo> {
  const signal = begin();
  source.closed.addEventListener('abort', stopRecording, { once: true });
  if (source.closed.aborted) stopRecording();
  recording.value = { kind: 'film', frames: 0, done: 0 };
  source.stepped.value = true;
  source.video.pause();
  try {
    try {
      await stepThrough(source, signal);
    } catch (error) {
      // A film that was closed cannot be read.
      if (!signal.aborted && kept.length === 0) throw error;
      if (!signal.aborted) notifyError(error);
    }
    return await write(kept.length / FRAME_RATE);
  } finally {
    kept = [];
    recording.value = undefined;
    source.closed.removeEventListener('abort', stopRecording);
    source.stepped.value = false;
    void source.video.play().catch(() => undefined);
  }
}

async function stepThrough(source: FrameSource, signal: AbortSignal): Promise<void> {
  const { video } = source;
  const duration = Number.isFinite(video.duration) ? video.duration : await lengthOf(video, signal);
  const total = Math.max(1, Math.floor(duration * FRAME_RATE));
  for (let frame = 0; frame < total && !signal.aborted; frame++) {
    recording.value = { kind: 'film', frames: frame, done: frame / total };
    // In the middle of a frame, so that rounding takes no neighbour.
    await seeked(video, Math.min((frame + 0.5) / FRAME_RATE, Math.max(0, duration - 0.001)), signal);
    if (signal.aborted) return;
    const made = await translated(source);
    if (made === undefined) return;
    if (source.closed.aborted) return made.before.close();
    show(made);
    if (!keep(made.after, frame / FRAME_RATE)) return;
  }
}

/** Recorders of browsers write no length: it is known when the end was looked for. */
async function lengthOf(video: HTMLVideoElement, signal: AbortSignal): Promise<number> {
  await seeked(video, 1e9, signal);
  const end = Number.isFinite(video.duration) ? video.duration : video.currentTime;
  await seeked(video, 0, signal);
  return end;
}

async function write(seconds: number): Promise<RecordedVideo> {
  try {
    if (kept.length === 0) throw new DataError(words.peek().live.nothingYet, { remedy: words.peek().live.nothingYetRemedy });
    recording.value = { kind: 'writing', frames: kept.length, done: 0 };
    const { saveFrames } = await part(words.peek().part.videos, () => import('../../video/saveFrames.js'));
    const order = orderOfTimes(kept.map(({ time }) => time), seconds);
    return await saveFrames(kept.map(({ picture }) => picture), { order, onProgress: (done) => (recording.value = { kind: 'writing', frames: order.length, done }) });
  } finally {
    kept = [];
    recording.value = undefined;
  }
}
