/** Makes line drawings of photographs in a worker, so that the page stays responsive. */
import { type ChannelEnd, serveChannel } from '@munit/core/channel';
import { lineDrawingOf } from '@munit/data/edges';
import type { EdgeCalls } from './protocol.js';

serveChannel<EdgeCalls>(globalThis as unknown as ChannelEnd, {
  draw({ width, height, data }, { transfer }) {
    const rgb = new Uint8Array(3 * width * height);
    for (let p = 0; p < width * height; p++) {
      // What is transparent is white, as for the network.
      const opacity = data[4 * p + 3]! / 255;
      for (let c = 0; c < 3; c++) rgb[3 * p + c] = Math.round(255 + (data[4 * p + c]! - 255) * opacity);
    }
    const { image, ink } = lineDrawingOf({ width, height, channels: 3, data: rgb });
    const drawing = new ImageData(width, height);
    for (const [p, value] of image.data.entries()) drawing.data.set([value, value, value, 255], 4 * p);
    transfer(drawing.data.buffer);
    return { drawing, ink };
  },
});
