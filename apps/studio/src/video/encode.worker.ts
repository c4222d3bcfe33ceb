/** Encodes a video in a worker, so that the page stays responsive. */
import { type ChannelEnd, serveChannel } from '@munit/core/channel';
import { encodeVideo } from './encode.js';
import { type EncodeCalls, paintOf } from './protocol.js';

const pictures: ImageData[] = [];

serveChannel<EncodeCalls>(globalThis as unknown as ChannelEnd, {
  picture(picture) {
    pictures.push(picture);
    return undefined;
  },
  async encode({ size, order }, { progress, transfer }) {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const paint = paintOf(canvas, (frame, small) => {
      const picture = pictures[order[frame]!]!;
      Object.assign(small, { width: picture.width, height: picture.height });
      small.getContext('2d')!.putImageData(picture, 0, 0);
      progress(frame / order.length);
    });
    const video = await encodeVideo(canvas, order.length, paint);
    if (video !== undefined) transfer(video.bytes);
    return video;
  },
});
