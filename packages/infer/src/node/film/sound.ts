/** Decoded sound in pieces of one length. */
import type { AudioSample, InputAudioTrack } from 'mediabunny';
import type { Mediabunny } from './decoders.js';

/** Samples of a piece. */
const PIECE = 1024;

/** Seconds from which silence between two decoded pieces is a gap, and not a rounding error. */
const GAP = 0.002;

/**
 * A track's sound, decoded, in pieces of 1024 samples; the last one, and one before a gap, is filled up with silence. Decoders give pieces of
 * many lengths, and encoders of `@mediabunny/server` 1.59 keep the buffer of the first: a longer one that follows would be written beyond
 * its end.
 */
export async function* equalPieces({ AudioSample: Sample, AudioSampleSink }: Mediabunny, track: InputAudioTrack): AsyncGenerator<AudioSample, void, undefined> {
  const [channels, rate] = [await track.getNumberOfChannels(), await track.getSampleRate()];
  let piece = new Float32Array(PIECE * channels);
  let [filled, start] = [0, 0];
  const take = (): AudioSample => {
    const sample = new Sample({ data: piece, format: 'f32-planar', numberOfChannels: channels, sampleRate: rate, timestamp: start });
    piece = new Float32Array(PIECE * channels);
    start += PIECE / rate;
    filled = 0;
    return sample;
  };
  for await (const decoded of new AudioSampleSink(track).samples()) {
    const { numberOfFrames: count, timestamp } = decoded;
    const planes = Array.from({ length: channels }, (_, planeIndex) => {
      const plane = new Float32Array(count);
      decoded.copyTo(plane, { format: 'f32-planar', planeIndex });
      return plane;
    });
    decoded.close();
    if (Math.abs(timestamp - (start + filled / rate)) > GAP) {
      if (filled > 0) yield take();
      start = timestamp;
    }
    for (let from = 0; from < count; ) {
      const some = Math.min(count - from, PIECE - filled);
      for (const [c, plane] of planes.entries()) piece.set(plane.subarray(from, from + some), c * PIECE + filled);
      filled += some;
      from += some;
      if (filled === PIECE) yield take();
    }
  }
  if (filled > 0) yield take();
}
