/** Films of tests, made by the test itself: a frame's number is written into it, and its sound beeps where its picture flashes. */
import type { PixelImage } from '@munit/images';
import {
  ALL_FORMATS,
  AudioSample,
  type AudioCodec,
  AudioSampleSink,
  AudioSampleSource,
  EncodedPacketSink,
  FilePathSource,
  FilePathTarget,
  Input,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  Quality,
  type Rotation,
  type VideoCodec,
  VideoSample,
  VideoSampleSink,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { registerMediabunnyServer } from '@mediabunny/server';
import { rgbOfYuv } from '@munit/images';

registerMediabunnyServer({ hardwareContext: null });

export interface FilmRecipe {
  readonly frames?: number;
  readonly width?: number;
  readonly height?: number;
  /** When frame i is shown, in seconds. Default: 25 frames a second. */
  readonly timeOf?: (i: number) => number;
  readonly rotation?: Rotation;
  readonly codec?: VideoCodec;
  readonly sound?: AudioCodec | undefined;
  readonly pictureOf?: (i: number, width: number, height: number) => PixelImage;
}

const RATE = 48_000;

/** Every 25th frame is white, and there the sound beeps. */
export const isFlash = (i: number): boolean => i % 25 === 12;

/** A square that moves over a ramp; white at a flash. The top row of cells is the number of the frame in binary. */
export function numberedFrame(i: number, width: number, height: number): PixelImage {
  const data = new Uint8Array(width * height * 3);
  const cell = Math.max(2, Math.floor(width / 10));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const bit = Math.floor(x / cell);
      const inSquare = Math.abs(x - 6 - ((i * 2) % Math.max(1, width - 12))) < 5 && Math.abs(y - Math.floor((height * 2) / 3)) < 5;
      const value = y < cell ? (((i >> bit) & 1) === 1 && bit < 10 ? 220 : 30) : isFlash(i) ? 255 : inSquare ? 20 : 90 + Math.round((60 * x) / width);
      data.set([value, value, y < cell ? value : Math.min(255, value + 40)], at);
    }
  }
  return { width, height, channels: 3, data };
}

/** Writes a film, in the format that its name ends in. */
export async function makeFilm(path: string, recipe: FilmRecipe = {}): Promise<void> {
  const { frames = 30, width = 32, height = 24, timeOf = (i) => i / 25, rotation = 0, sound = 'aac', pictureOf = numberedFrame } = recipe;
  const ending = path.slice(path.lastIndexOf('.') + 1);
  const { codec = ending === 'webm' ? 'vp9' : 'avc' } = recipe;
  const format = ending === 'webm' ? new WebMOutputFormat() : ending === 'mkv' ? new MkvOutputFormat() : ending === 'mov' ? new MovOutputFormat() : new Mp4OutputFormat();
  const output = new Output({ format, target: new FilePathTarget(path) });
  const quality = codec === 'vp8' ? new Quality({ bitrate: 1e6 }) : new Quality({ quantizer: codec === 'avc' ? 10 : 16 });
  const video = new VideoSampleSource({ codec, quality, hardwareAcceleration: 'prefer-software', keyFrameInterval: 1 });
  output.addVideoTrack(video, { rotation });
  const audio = 'sound' in recipe && recipe.sound === undefined ? undefined : new AudioSampleSource({ codec: sound, bitrate: 96_000 });
  if (audio !== undefined) output.addAudioTrack(audio);
  await output.start();
  for (let i = 0; i < frames; i++) {
    const { data } = pictureOf(i, width, height);
    const rgba = new Uint8Array(width * height * 4).fill(255);
    for (let p = 0; p < width * height; p++) rgba.set(data.subarray(3 * p, 3 * p + 3), 4 * p);
    const [timestamp, duration] = [timeOf(i), timeOf(i + 1) - timeOf(i)];
    const sample = new VideoSample(rgba, { format: 'RGBA', codedWidth: width, codedHeight: height, timestamp, duration });
    await video.add(sample);
    sample.close();
  }
  if (audio !== undefined) await beepAtFlashes(audio, frames, timeOf);
  await output.finalize();
}

/** Samples of a piece of sound. All pieces are equal: the encoder's frames keep the size of the first. */
const PIECE = 960;

async function beepAtFlashes(audio: AudioSampleSource, frames: number, timeOf: (i: number) => number): Promise<void> {
  const loud = Array.from({ length: frames }, (_, i) => i).filter(isFlash).map((i) => [timeOf(i), timeOf(i + 1)] as const);
  for (let first = 0; first < timeOf(frames) * RATE; first += PIECE) {
    const data = Float32Array.from({ length: PIECE }, (_, j) => {
      const at = (first + j) / RATE;
      return loud.some(([from, to]) => at >= from && at < to) ? 0.5 * Math.sin(2 * Math.PI * 1000 * at) : 0;
    });
    const sample = new AudioSample({ data, format: 'f32', numberOfChannels: 1, sampleRate: RATE, timestamp: first / RATE });
    await audio.add(sample);
    sample.close();
  }
}

export interface ReadFilm {
  readonly format: string;
  readonly codec: string;
  readonly rotation: number;
  readonly colours: VideoColorSpaceInit;
  readonly frames: readonly { readonly timestamp: number; readonly duration: number; readonly image: PixelImage }[];
  /** Of each packet of pictures, in order. */
  readonly packets: readonly { readonly timestamp: number; readonly bytes: string }[];
  readonly sound: undefined | {
    readonly codec: string;
    readonly packets: readonly { readonly timestamp: number; readonly bytes: string }[];
    /** Seconds at which it becomes loud. */
    readonly beeps: readonly number[];
  };
}

/** All of a film, decoded. */
export async function readFilm(path: string): Promise<ReadFilm> {
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const track = (await input.getPrimaryVideoTrack())!;
  const frames: ReadFilm['frames'][number][] = [];
  const colours = await track.getColorSpace();
  for await (const sample of new VideoSampleSink(track).samples()) {
    const data = new Uint8Array(sample.allocationSize());
    const [y, cb, cr] = (await sample.copyTo(data)).map(({ offset, stride }) => ({ data, at: offset, row: stride, step: 1 }));
    const { codedWidth: width, codedHeight: height } = sample;
    const image = rgbOfYuv({ width, height, y: y!, cb: cb!, cr: cr!, shared: [2, 2], matrix: colours.matrix === 'bt709' ? 'bt709' : 'bt601', fullRange: false });
    frames.push({ timestamp: sample.timestamp, duration: sample.duration, image });
    sample.close();
  }
  const packetsOf = async (of: ConstructorParameters<typeof EncodedPacketSink>[0]): Promise<{ timestamp: number; bytes: string }[]> => {
    const packets: { timestamp: number; bytes: string }[] = [];
    for await (const { timestamp, data } of new EncodedPacketSink(of).packets()) packets.push({ timestamp, bytes: Buffer.from(data).toString('base64') });
    return packets;
  };
  const audio = await input.getPrimaryAudioTrack();
  return {
    format: (await input.getFormat()).name,
    codec: String(await track.getCodec()),
    rotation: await track.getRotation(),
    colours,
    frames,
    packets: await packetsOf(track),
    sound: audio === null ? undefined : { codec: String(await audio.getCodec()), packets: await packetsOf(audio), beeps: await beepsOf(audio) },
  };
}

async function beepsOf(track: ConstructorParameters<typeof AudioSampleSink>[0]): Promise<number[]> {
  const beeps: number[] = [];
  let quietSince = -Infinity;
  for await (const sample of new AudioSampleSink(track).samples()) {
    const data = new Float32Array(sample.allocationSize({ format: 'f32-planar', planeIndex: 0 }) / 4);
    sample.copyTo(data, { format: 'f32-planar', planeIndex: 0 });
    for (const [j, value] of data.entries()) {
      const at = sample.timestamp + j / sample.sampleRate;
      if (Math.abs(value) < 0.2) continue;
      if (at - quietSince > 0.1) beeps.push(at);
      quietSince = at;
    }
    sample.close();
  }
  return beeps;
}
