/** Encodes a video beside the page, which keeps answering. */
import { encodeVideo } from './encode.js';
import { type EncodeAnswer, type EncodeRequest, paintOf } from './protocol.js';

const pictures: ImageData[] = [];
const answer = (message: EncodeAnswer, transfer: Transferable[] = []): void => globalThis.postMessage(message, { transfer });

async function encode({ size, order }: Extract<EncodeRequest, { kind: 'encode' }>): Promise<void> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const paint = paintOf(canvas, (frame, small) => {
    const picture = pictures[order[frame]!]!;
    Object.assign(small, { width: picture.width, height: picture.height });
    small.getContext('2d')!.putImageData(picture, 0, 0);
    answer({ kind: 'progress', done: frame / order.length });
  });
  const video = await encodeVideo(canvas, order.length, paint);
  answer({ kind: 'done', video }, video === undefined ? [] : [video.bytes]);
}

globalThis.addEventListener('message', ({ data }: MessageEvent<EncodeRequest>) => {
  if (data.kind === 'image') pictures.push(data.picture);
  else encode(data).catch((error: unknown) => answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }));
});
