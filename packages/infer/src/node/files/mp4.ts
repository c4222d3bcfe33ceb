/** H.264 in MP4 by an encoder in WebAssembly, which is loaded when the first video is written. */
import { ArgumentError, DataError } from '@munit/core';
import { evenSized } from '@munit/images';
import type { FilePicture } from '../picture.js';

type Encoders = typeof import('h264-mp4-encoder');

/** 10 (best) to 51. At 18 the eye hardly finds a difference. */
const QUANTIZER = 18;

/** What the module adds to the process's handlers ends programs that handle their errors themselves: taken away again. */
async function withoutHandlers<T>(load: () => Promise<T>): Promise<T> {
  const kinds = ['uncaughtException', 'unhandledRejection'] as const;
  const before = kinds.map((kind) => new Set(process.listeners(kind as 'uncaughtException')));
  const loaded = await load();
  for (const [i, kind] of kinds.entries()) {
    for (const listener of process.listeners(kind as 'uncaughtException')) if (!before[i]!.has(listener)) process.off(kind, listener);
  }
  return loaded;
}

/** @throws DataError when it is not installed */
async function openEncoder(): Promise<Awaited<ReturnType<Encoders['createH264MP4Encoder']>>> {
  try {
    return await withoutHandlers(async () => {
      // CommonJS: its functions are in the default export.
      const { default: encoders } = (await import('h264-mp4-encoder')) as unknown as { readonly default: Encoders };
      return encoders.createH264MP4Encoder();
    });
  } catch (cause) {
    throw new DataError("MP4 files need the package 'h264-mp4-encoder'.", {
      cause,
      remedy: 'Install it: npm install h264-mp4-encoder. Or write the frames as PNG and join them: ffmpeg -i frame_%02d.png -pix_fmt yuv420p out.mp4',
    });
  }
}

/** RGBA of even width and height, as H.264 wants it. */
function evenRgba(frame: FilePicture): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  const data = new Uint8Array(frame.toRgba().buffer);
  return evenSized({ width: frame.width, height: frame.height, channels: 4, data });
}

/** Sets the times of making in the headers to zero, as if nobody knew them: the same frames give the same file. */
function forgetTimes(bytes: Uint8Array, from = 0, end = bytes.length): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + 8 <= end; ) {
    const [length, kind] = [view.getUint32(at), String.fromCharCode(...bytes.subarray(at + 4, at + 8))];
    if (length < 8) return;
    if (['moov', 'trak', 'mdia'].includes(kind)) forgetTimes(bytes, at + 8, Math.min(end, at + length));
    // ISO 14496-12: version and flags, then the times of creation and modification, of 4 bytes each in version 0.
    if (['mvhd', 'tkhd', 'mdhd'].includes(kind) && bytes[at + 8] === 0) bytes.fill(0, at + 12, at + 20);
    at += length;
  }
}

/** Frames of one size as a video. @throws ArgumentError when there are none; DataError when the encoder is not installed */
export async function encodeMp4(frames: readonly FilePicture[], delayMs: number): Promise<Uint8Array> {
  const [first] = frames;
  if (first === undefined) throw new ArgumentError('A video needs at least one frame.');
  const encoder = await openEncoder();
  try {
    const { width, height } = evenRgba(first);
    Object.assign(encoder, { width, height, frameRate: 1000 / delayMs, quantizationParameter: QUANTIZER, outputFilename: 'video.mp4' });
    encoder.initialize();
    for (const frame of frames) encoder.addFrameRgba(evenRgba(frame).data);
    encoder.finalize();
    const bytes = encoder.FS.readFile(encoder.outputFilename);
    forgetTimes(bytes);
    return bytes;
  } finally {
    encoder.delete();
  }
}
