/** Contents that have been encoded: an image is encoded once, however many styles follow. */
import type { Domain } from '@munit/core';
import type { ContentCode } from '@munit/infer';
import { bitmapOf } from '../image/bitmap.js';
import type { LibraryImage } from '../image/libraryImage.js';
import type { LoadedModel } from '../model/session.js';
import { WorkQueue } from '../workers/queue.js';
import { timed } from './timing.js';

export interface ContentRequest {
  readonly model: LoadedModel;
  readonly image: LibraryImage;
  readonly side: number;
  /** Whose encoder. */
  readonly from: Domain;
}

const KEPT = 8;
const contents = new Map<string, Promise<ContentCode>>();
/** Everything that the worker does goes through here. */
export const queue = new WorkQueue();

const keyOf = ({ model, image, side, from }: ContentRequest): string => `${model.epoch} ${side} ${from} ${image.key}`;

/** The content of an image; the same one while it is kept. Do not dispose of it. */
export function contentOf(request: ContentRequest, priority: number): Promise<ContentCode> {
  const key = keyOf(request);
  const kept = contents.get(key);
  if (kept !== undefined) {
    contents.delete(key);
    contents.set(key, kept);
    return kept;
  }
  const made = encode(request, priority);
  contents.set(key, made);
  made.catch(() => contents.delete(key));
  for (const [old] of contents) if (contents.size > KEPT) drop(old);
  return made;
}

async function encode({ model, image, side, from }: ContentRequest, priority: number): Promise<ContentCode> {
  const bitmap = await bitmapOf(image, side);
  return queue.run(priority, () => timed('encode', () => model.translator.encode(bitmap, { from })));
}

function drop(key: string): void {
  const content = contents.get(key);
  contents.delete(key);
  content?.then((code) => code.dispose()).catch(() => undefined);
}

/** All that was encoded, of models that are gone or on a device that was lost. */
export function dropContents(): void {
  for (const key of contents.keys()) drop(key);
}
