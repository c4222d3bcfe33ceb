/** The page's side of the worker that encodes. */
import { DataError } from '@munit/core';
import { Channel } from '@munit/core/channel';
import type { Size } from '@munit/images';
import type { Picture } from '@munit/infer';
import type { Video } from './frames.js';
import type { EncodeCalls } from './protocol.js';
import { words } from '../words/words.js';

export interface EncodeOptions {
  readonly size: Size;
  /** Which image each frame shows. */
  readonly order: readonly number[];
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** @returns undefined where the browser has no encoder for this size @throws DataError when encoding fails */
export async function encodeInWorker(pictures: readonly Picture[], { size, order, onProgress }: EncodeOptions): Promise<Video | undefined> {
  if (typeof VideoEncoder !== 'function') return undefined;
  const worker = new Worker(new URL('./encode.worker.ts', import.meta.url), { type: 'module', name: 'video' });
  const channel = new Channel<EncodeCalls>(worker);
  try {
    for (const one of pictures) {
      const picture = one.toImageData();
      channel.notify('picture', picture, [picture.data.buffer]);
      // Large images take a while to convert: others have their turn in between.
      await new Promise((next) => {
        setTimeout(next);
      });
    }
    const video = await channel.call('encode', { size, order }, { onProgress });
    return video && { blob: new Blob([video.bytes], { type: `video/${video.extension}` }), extension: video.extension };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(words.peek().live.notWritten(message), { cause, remedy: words.peek().live.notWrittenRemedy });
  } finally {
    channel.close();
    worker.terminate();
  }
}
