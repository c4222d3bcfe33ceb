/** Line drawings of photographs, for models that know lines alone. */
import { Channel } from '@munit/core/channel';
import { shrunk, withDecoded } from '../image/bitmap.js';
import type { LibraryImage } from '../image/libraryImage.js';
import { addOwn, type OwnImage } from '../image/own.js';
import type { EdgeCalls } from './protocol.js';
import { words } from '../words/words.js';

/** Of the shorter side: lines are as thick as those that the models have learned. */
const SIDE = 256;

export interface EdgeDrawer {
  /** The bitmap stays the caller's. */
  readonly draw: (bitmap: ImageBitmap) => Promise<{ readonly drawing: ImageData; readonly ink: number }>;
  readonly close: () => void;
}

/** Starts the worker that draws. */
export function openEdges(): EdgeDrawer {
  const worker = new Worker(new URL('./edges.worker.ts', import.meta.url), { type: 'module', name: 'edges' });
  const channel = new Channel<EdgeCalls>(worker);
  return {
    async draw(bitmap) {
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(bitmap, 0, 0);
      const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
      return channel.call('draw', pixels, { transfer: [pixels.data.buffer] });
    },
    close() {
      channel.close();
      worker.terminate();
    },
  };
}

/** Adds the line drawing of an image to the user's own. @throws DataError when the image cannot be read */
export async function drawEdgesOf(image: LibraryImage): Promise<OwnImage> {
  const edges = openEdges();
  try {
    const { drawing } = await withDecoded(await image.read(), image.name, async (whole) => {
      const small = await shrunk(whole, SIDE);
      const made = await edges.draw(small);
      small.close();
      return made;
    });
    const canvas = new OffscreenCanvas(drawing.width, drawing.height);
    canvas.getContext('2d')!.putImageData(drawing, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return addOwn([{ blob, name: words.peek().image.linesOf(image.name.replace(/\.\w+$/, '')) }])[0]!;
  } finally {
    edges.close();
  }
}
