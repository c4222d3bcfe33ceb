/** The page's side of the worker that encodes. */
import { DataError } from '@munit/core';
import type { Picture } from '@munit/infer';
import type { Size, Video } from './frames.js';
import type { EncodeAnswer, EncodeRequest } from './protocol.js';

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
  const send = (message: EncodeRequest, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
  try {
    return await new Promise<Video | undefined>((resolve, reject) => {
      const fail = (message: string): void => reject(new DataError(`The video could not be written: ${message}`, { remedy: 'Choose a smaller size or fewer images.' }));
      worker.addEventListener('error', ({ message }) => fail(message));
      worker.addEventListener('message', ({ data }: MessageEvent<EncodeAnswer>) => {
        if (data.kind === 'progress') onProgress(data.done);
        else if (data.kind === 'failed') fail(data.message);
        else resolve(data.video && { blob: new Blob([data.video.bytes], { type: `video/${data.video.extension}` }), extension: data.video.extension });
      });
      const all = async (): Promise<void> => {
        for (const one of pictures) {
          const picture = one.toImageData();
          send({ kind: 'image', picture }, [picture.data.buffer]);
          // Large images take a while to convert: others have their turn in between.
          await new Promise((next) => {
            setTimeout(next);
          });
        }
        send({ kind: 'encode', size, order });
      };
      all().catch(reject);
    });
  } finally {
    worker.terminate();
  }
}
