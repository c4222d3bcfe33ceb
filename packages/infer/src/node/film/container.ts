/** MP4, MOV, WebM, Matroska and MPEG-TS, read by mediabunny. */
import { MunitError } from '@munit/core';
import { checkPixels, MAX_PIXELS, type PixelImage, rgbOfYuv, toChannels, type YuvMatrix, type YuvPlane } from '@munit/images';
import type { InputVideoTrack, VideoSample } from 'mediabunny';
import { brokenFilm, loadMediabunny, messageOf } from './library.js';
import type { FilmFrame, FilmSource } from './types.js';

const REPAIR = 'Get the file again. What can be read of it: ffmpeg -i FILM -c copy repaired.mp4';

const matrices: Readonly<Record<string, YuvMatrix>> = { bt709: 'bt709', bt470bg: 'bt601', smpte170m: 'bt601', 'bt2020-ncl': 'bt2020' };

/** Of a film that does not say, as players take it. */
export const usualMatrix = (height: number): YuvMatrix => (height >= 720 ? 'bt709' : 'bt601');

/** Seconds of a frame that does not say, such as the only one of a film. */
const USUAL_DURATION = 0.04;

/** Pixels that share a colour, across and down, by the name of the layout. */
const layouts: Readonly<Record<string, readonly [across: number, down: number]>> = { I420: [2, 2], NV12: [2, 2], I422: [2, 1], I444: [1, 1] };

/** 8-bit layouts are converted by the matrix that the film names; others by the library. */
async function pixelsOf(sample: VideoSample, matrix: YuvMatrix): Promise<PixelImage> {
  const { codedWidth: width, codedHeight: height, format } = sample;
  const shared = format === null ? undefined : layouts[format];
  if (shared === undefined) {
    const data = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
    await sample.copyTo(data, { format: 'RGBA' });
    return toChannels({ width, height, channels: 4, data }, 3);
  }
  const data = new Uint8Array(sample.allocationSize());
  const [y, second, third] = (await sample.copyTo(data)).map(({ offset, stride }): YuvPlane => ({ data, at: offset, row: stride, step: 1 }));
  const interleaved = format === 'NV12';
  const cb: YuvPlane = { ...second!, step: interleaved ? 2 : 1 };
  const cr: YuvPlane = interleaved ? { ...cb, at: cb.at + 1 } : third!;
  return rgbOfYuv({ width, height, y: y!, cb, cr, shared, matrix, fullRange: sample.colorSpace.fullRange === true });
}

/** Turned upright, and stretched to square pixels. */
async function upright(sample: VideoSample): Promise<VideoSample> {
  const { rotation, flip, pixelAspectRatio } = sample;
  if (rotation === 0 && !flip && pixelAspectRatio.num === pixelAspectRatio.den) return sample;
  const turned = await sample.transform({});
  sample.close();
  return turned;
}

/** Undefined for a frame up to `after`, and for one before the film's beginning, which is there for others to refer to. Closes the sample. */
async function frameOf(sample: VideoSample, after: number, named: string | undefined, height: number): Promise<FilmFrame | undefined> {
  const { timestamp, duration, colorSpace } = sample;
  try {
    if (timestamp <= after || (timestamp < 0 && timestamp + duration <= 0)) return undefined;
    const matrix = matrices[colorSpace.matrix ?? named ?? ''] ?? usualMatrix(height);
    return { timestamp, duration: duration > 0 ? duration : USUAL_DURATION, pixels: await pixelsOf(sample, matrix) };
  } finally {
    sample.close();
  }
}

/** Counts packets, and reads the last one: a file that was cut off shows it now, and not after hours. */
async function countFrames(track: InputVideoTrack, { EncodedPacketSink }: Awaited<ReturnType<typeof loadMediabunny>>): Promise<number> {
  const sink = new EncodedPacketSink(track);
  let count = 0;
  let last: Awaited<ReturnType<typeof sink.getFirstPacket>> = null;
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    count += 1;
    last = packet;
  }
  if (last !== null && (await sink.getPacket(last.timestamp)) === null) throw new Error('its last frame is not there');
  return count;
}

/** @param what the kind of file, where its first bytes say so. @throws DataError for a file that is not a film, is damaged or too large */
export async function openContainer(path: string, what: string | undefined): Promise<FilmSource> {
  const library = await loadMediabunny();
  const { ALL_FORMATS, FilePathSource, Input, VideoSampleSink } = library;
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path, { handleUnhandledError: () => undefined }) });
  try {
    const format = await input.getFormat().catch((cause: unknown) => {
      throw brokenFilm(path, what === undefined ? 'is not a film that can be read (its format is unknown)' : `is ${what}, which cannot be read`, 'Films are MP4, MOV, WebM, MKV, TS, and animated GIF or WebP files. Others can be converted: ffmpeg -i FILM converted.mp4', cause);
    });
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw brokenFilm(path, `(${format.name}) has no pictures`, 'Give a film with a video track.');
    const codec = await track.getCodec();
    if (codec === null || !(await track.canDecode())) {
      throw brokenFilm(path, `has pictures of a codec that is not read here (${codec ?? String(await track.getInternalCodecId())})`, 'Convert it: ffmpeg -i FILM -c:v libx264 -c:a copy converted.mp4');
    }
    const size = { width: await track.getDisplayWidth(), height: await track.getDisplayHeight() };
    checkPixels(path, size.width, size.height, MAX_PIXELS);
    const count = await countFrames(track, library);
    if (count === 0) throw brokenFilm(path, 'has no frames', REPAIR);
    const { matrix: named } = await track.getColorSpace();
    const sound = await input.getAudioTracks();
    return {
      format: `${format.name}, ${codec}`,
      size,
      count,
      sound,
      async *frames(after) {
        let number = 0;
        try {
          for await (const raw of new VideoSampleSink(track).samples(Number.isFinite(after) ? after : undefined)) {
            const frame = await frameOf(await upright(raw), after, named ?? undefined, size.height);
            if (frame === undefined) continue;
            number += 1;
            yield frame;
          }
        } catch (cause) {
          if (cause instanceof MunitError) throw cause;
          throw brokenFilm(path, `cannot be decoded beyond ${after === -Infinity ? '' : `${after.toFixed(2)} s and `}${number} frames (${messageOf(cause)})`, REPAIR, cause);
        }
      },
      close: () => input.dispose(),
    };
  } catch (cause) {
    input.dispose();
    if (cause instanceof MunitError) throw cause;
    throw brokenFilm(path, `is truncated or damaged (${messageOf(cause)})`, REPAIR, cause);
  }
}
