/** Frames to a piece of a film: each piece is a file of its own, so that a film that was stopped continues after the last one. */
import { DataError } from '@munit/core';
import { evenSized, type PixelImage, yuv420OfPixels } from '@munit/images';
import type { VideoCodec, VideoSampleSource } from 'mediabunny';
import { usualMatrix } from './container.js';
import type { Mediabunny } from './decoders.js';
import { loadMediabunny, messageOf } from './library.js';
import type { FilmEnding } from './written.js';

/** H.264 plays everywhere; WebM holds none. */
export const codecOf = (ending: FilmEnding): Extract<VideoCodec, 'avc' | 'vp9'> => (ending === 'webm' ? 'vp9' : 'avc');

/** Constant quantizers, lower is better, at which the eye hardly finds a difference: of 0 to 51 for H.264, 0 to 63 for VP9. */
export const quantizers = { avc: 18, vp9: 24 } as const;

/** The colours of what is written, as players take films that do not say. */
export const colourSpaceOf = (height: number): VideoColorSpaceInit =>
  usualMatrix(height) === 'bt709'
    ? { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false }
    : { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };

export const outputFormat = ({ MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, WebMOutputFormat }: Mediabunny, ending: FilmEnding): InstanceType<Mediabunny['OutputFormat']> => {
  if (ending === 'webm') return new WebMOutputFormat();
  if (ending === 'mkv') return new MkvOutputFormat();
  // The index comes first, so that a page plays the film while it loads.
  return ending === 'mov' ? new MovOutputFormat({ fastStart: 'reserve' }) : new Mp4OutputFormat({ fastStart: 'reserve' });
};

/** A frame to encode: when it is shown and how long, in seconds. */
export interface OutputFrame {
  readonly timestamp: number;
  readonly duration: number;
  readonly picture: PixelImage;
}

/** One piece, frame by frame. */
export interface PieceWriter {
  add(frame: OutputFrame): Promise<void>;
  /** The file is complete. */
  finish(): Promise<void>;
  /** Lets go of the encoder; the file is of no use. */
  cancel(): Promise<void>;
}

const cannotWrite = (path: string, cause: unknown): DataError => new DataError(`${path} cannot be written (${messageOf(cause)}).`, { cause, remedy: 'Check the space and the permissions there.' });

/** @throws DataError when frames of this size cannot be encoded */
export async function checkEncodable(ending: FilmEnding, { width, height }: { readonly width: number; readonly height: number }): Promise<void> {
  const { canEncodeVideo } = await loadMediabunny();
  const even = { width: width + (width % 2), height: height + (height % 2) };
  if (await canEncodeVideo(codecOf(ending), even)) return;
  throw new DataError(`Frames of ${width}×${height} cannot be encoded as ${codecOf(ending)}.`, { remedy: 'Scale the film down: ffmpeg -i FILM -vf scale=1920:-2 smaller.mp4' });
}

/** A piece in MP4, whatever the whole will be. @throws DataError when it cannot be written */
export async function writePiece(path: string, ending: FilmEnding): Promise<PieceWriter> {
  const { FilePathTarget, Mp4OutputFormat, Output, Quality, VideoSample, VideoSampleSource } = await loadMediabunny();
  const codec = codecOf(ending);
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: new FilePathTarget(path) });
  const source: VideoSampleSource = new VideoSampleSource({ codec, quality: new Quality({ quantizer: quantizers[codec] }), hardwareAcceleration: 'prefer-software' });
  output.addVideoTrack(source);
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
  await writing(() => output.start());
  return {
    async add({ timestamp, duration, picture }) {
      const even = evenSized(picture);
      const { width, height } = even;
      const sample = new VideoSample(yuv420OfPixels(even, usualMatrix(height)), { format: 'I420', codedWidth: width, codedHeight: height, timestamp, duration, colorSpace: colourSpaceOf(height) });
      await writing(() => source.add(sample)).finally(() => sample.close());
    },
    finish: () => writing(() => output.finalize()),
    cancel: () => output.cancel().catch(() => undefined),
  };
}
