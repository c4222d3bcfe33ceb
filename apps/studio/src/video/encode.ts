/** Videos by the browser's encoders (WebCodecs), faster than they play. */
import { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Mp4OutputFormat, Output, QUALITY_HIGH, WebMOutputFormat } from 'mediabunny';
import { FRAME_RATE } from './frames.js';
import type { EncodedVideo } from './protocol.js';

/** @returns undefined where the browser has no encoder for this size */
export async function encodeVideo(canvas: OffscreenCanvas, frames: number, paint: (frame: number) => void): Promise<EncodedVideo | undefined> {
  const { width, height } = canvas;
  // MP4 plays everywhere; where there is no H.264 encoder, WebM does in browsers.
  const codec = await getFirstEncodableVideoCodec(['avc', 'vp9', 'vp8'], { width, height });
  if (codec === null) return undefined;
  const extension = codec === 'avc' ? 'mp4' : 'webm';
  const target = new BufferTarget();
  const output = new Output({ format: extension === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, bitrate: QUALITY_HIGH, onEncoderConfig });
  output.addVideoTrack(source, { frameRate: FRAME_RATE });
  await output.start();
  for (let frame = 0; frame < frames; frame++) {
    paint(frame);
    await source.add(frame / FRAME_RATE, 1 / FRAME_RATE);
  }
  await output.finalize();
  return target.buffer === null ? undefined : { bytes: target.buffer, extension };
}

/**
 * H.264 as a stream that carries its own parameters, from which the head of the file is written: in the parameters that Firefox gives
 * beside the stream a byte is doubled, and no player takes them.
 */
function onEncoderConfig(config: VideoEncoderConfig): void {
  if (config.avc !== undefined) config.avc = { format: 'annexb' };
}
