/** From an image and a style to an image. */
import { DeviceLostError, type Domain } from '@munit/core';
import type { Picture } from '@munit/infer';
import type { Code } from '../styles/codes.js';
import { notify } from '../ui/notices.js';
import { contentOf, type ContentRequest, dropContents, queue } from './contents.js';
import { timed } from './timing.js';
import { words } from '../words/words.js';

export interface DecodeRequest extends ContentRequest {
  readonly to: Domain;
  /** Empty for a model without styles. */
  readonly style: Code;
}

export interface DecodeOptions {
  readonly priority: number;
  readonly signal?: AbortSignal;
}

/** Encodes only what has not been. When the device was lost, once more on the new one. @throws what the worker throws; AbortedError */
export async function decode(request: DecodeRequest, options: DecodeOptions): Promise<Picture> {
  try {
    return await decodeOnce(request, options);
  } catch (error) {
    if (!(error instanceof DeviceLostError)) throw error;
    dropContents();
    notify(words.peek().device.lost);
    return decodeOnce(request, options);
  }
}

async function decodeOnce(request: DecodeRequest, { priority, signal }: DecodeOptions): Promise<Picture> {
  const { model, to, style } = request;
  const content = await contentOf(request, priority);
  const styles = style.length === 0 ? {} : { style };
  return queue.run(priority, () => timed('decode', () => model.translator.decode(content, { to, ...styles, ...(signal && { signal }) })), signal);
}
