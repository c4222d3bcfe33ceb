/** The pieces of a film as one file, with the sound of the film that they were made from. */
import { DataError } from '@munit/core';
import type { AudioCodec, AudioSource, EncodedPacket, InputAudioTrack, Output } from 'mediabunny';
import { checkAborted } from '../../translator/schedule.js';
import { colourSpaceOf, codecOf, outputFormat } from './encode.js';
import type { Mediabunny } from './decoders.js';
import { loadMediabunny } from './library.js';
import { equalPieces } from './sound.js';
import type { FilmEnding, SoundTrack } from './written.js';

/** Something of one track, in the order of time. */
interface Entry {
  readonly timestamp: number;
  write(): Promise<void>;
}

/** One track's entries. */
type Entries = AsyncGenerator<Entry, void, undefined>;

/** For sound that is encoded again. */
const SOUND_BITS = 160_000;

/** Writes the earliest entry of all tracks, again and again: what is written together is shown together, and nothing waits in memory. */
async function interleave(tracks: readonly Entries[], signal: AbortSignal | undefined): Promise<void> {
  try {
    const heads = await Promise.all(tracks.map((track) => track.next()));
    for (;;) {
      let first = -1;
      heads.forEach((head, i) => {
        const earliest = heads[first];
        if (head.done !== true && (earliest === undefined || earliest.done === true || head.value.timestamp < earliest.value.timestamp)) first = i;
      });
      const head = heads[first];
      if (head === undefined || head.done === true) return;
      checkAborted(signal, 'The translation');
      await head.value.write();
      heads[first] = await tracks[first]!.next();
    }
  } finally {
    // They hold files.
    await Promise.all(tracks.map((track) => track.return()));
  }
}

interface Joining {
  readonly library: Mediabunny;
  readonly output: Output;
  readonly ending: FilmEnding;
  /** Added to all times, where the file holds none below zero. */
  readonly shift: number;
}

/** Packets of all pieces. All must have been encoded alike: one header describes them all. */
function pictures({ library, output, ending, shift }: Joining, pieces: readonly string[], height: number, frames: number): Entries {
  const { ALL_FORMATS, EncodedPacketSink, EncodedVideoPacketSource, FilePathSource, Input } = library;
  const source = new EncodedVideoPacketSource(codecOf(ending));
  output.addVideoTrack(source, { maximumPacketCount: frames });
  let header: string | undefined;
  return (async function* () {
    for (const piece of pieces) {
      using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(piece) });
      const track = await input.getPrimaryVideoTrack();
      const config = await track?.getDecoderConfig();
      if (track === null || config === null || config === undefined) throw new DataError(`${piece} is damaged.`, { remedy: { id: 'start-over', text: 'Set resume: false to make all of the film again.' } });
      const own = Buffer.from(new Uint8Array((config.description as Uint8Array<ArrayBuffer> | undefined) ?? [])).toString('hex');
      if (header !== undefined && header !== own) {
        throw new DataError('The pieces of the film were encoded by different versions of the encoder.', { remedy: { id: 'start-over', text: 'Set resume: false to make all of the film again.' } });
      }
      const meta = { decoderConfig: { ...config, colorSpace: colourSpaceOf(height) } };
      for await (const packet of new EncodedPacketSink(track).packets()) {
        const first = header === undefined;
        header = own;
        yield { timestamp: packet.timestamp + shift, write: () => source.add(packet.clone({ timestamp: packet.timestamp + shift }), first ? meta : undefined) };
      }
    }
  })();
}

async function countPackets({ EncodedPacketSink }: Mediabunny, track: InputAudioTrack): Promise<number> {
  let count = 0;
  for await (const _ of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) count += 1;
  return count;
}

/** Packets as they are. */
async function copied({ library, output, shift }: Joining, track: InputAudioTrack, codec: AudioCodec): Promise<Entries> {
  const { EncodedAudioPacketSource, EncodedPacketSink } = library;
  const source = new EncodedAudioPacketSource(codec);
  const config = await track.getDecoderConfig();
  add(output, source, track, await countPackets(library, track));
  const meta = config === null ? undefined : { decoderConfig: config };
  return (async function* () {
    let first = true;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const moved: EncodedPacket = packet.clone({ timestamp: packet.timestamp + shift });
      const own = first ? meta : undefined;
      first = false;
      yield { timestamp: moved.timestamp, write: () => source.add(moved, own) };
    }
  })();
}

/** Decoded, and encoded as what the file can hold. */
async function encodedAgain({ library, output, shift }: Joining, track: InputAudioTrack, codec: AudioCodec): Promise<Entries> {
  const source = new library.AudioSampleSource({ codec, bitrate: SOUND_BITS });
  // Packets of 10 ms or more, as the library advises, and a third to spare.
  add(output, source, track, Math.ceil((await track.computeDuration()) * 133) + 64);
  return (async function* () {
    for await (const sample of equalPieces(library, track)) {
      sample.setTimestamp(sample.timestamp + shift);
      yield { timestamp: sample.timestamp, write: () => source.add(sample).finally(() => sample.close()) };
    }
  })();
}

function add(output: Output, source: AudioSource, track: InputAudioTrack, maximumPacketCount: number): void {
  output.addAudioTrack(source, { languageCode: track.languageCode, maximumPacketCount, ...(track.name === null ? {} : { name: track.name }) });
}

export interface JoinOptions {
  /** Files of pieces, in order. */
  readonly pieces: readonly string[];
  /** Frames in all pieces. */
  readonly frames: number;
  /** Rows of a frame. */
  readonly height: number;
  readonly sound: readonly InputAudioTrack[];
  readonly ending: FilmEnding;
  readonly out: string;
  readonly signal: AbortSignal | undefined;
}

/** Writes the whole film. @throws DataError for damaged pieces, or sound that cannot be read; AbortedError */
export async function joinFilm({ pieces, frames, height, sound, ending, out, signal }: JoinOptions): Promise<SoundTrack[]> {
  const library = await loadMediabunny();
  const { canEncodeAudio, FilePathTarget, Output } = library;
  const format = outputFormat(library, ending);
  const output = new Output({ format, target: new FilePathTarget(out) });
  try {
    const starts = await Promise.all(sound.map((track) => track.getFirstTimestamp()));
    const shift = format.negativeTimestampSupport === 'full' ? 0 : Math.max(0, ...starts.map((start) => -start));
    const joining: Joining = { library, output, ending, shift };
    const tracks: Entries[] = [pictures(joining, pieces, height, frames)];
    const report: SoundTrack[] = [];
    for (const track of sound) {
      const codec = await track.getCodec();
      if (codec !== null && format.getSupportedAudioCodecs().includes(codec)) {
        tracks.push(await copied(joining, track, codec));
        report.push({ codec, as: 'copied' });
        continue;
      }
      const name = codec ?? String(await track.getInternalCodecId());
      const other: AudioCodec = ending === 'webm' ? 'opus' : 'aac';
      if (codec === null || !(await track.canDecode()) || !(await canEncodeAudio(other))) {
        throw new DataError(`The sound (${name}) cannot be put into a .${ending} file.`, { remedy: 'Write a .mkv file, or convert the sound first: ffmpeg -i FILM -c:v copy -c:a aac converted.mp4' });
      }
      tracks.push(await encodedAgain(joining, track, other));
      report.push({ codec: name, as: other });
    }
    await output.start();
    await interleave(tracks, signal);
    await output.finalize();
    return report;
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}
