/** The large image: the chosen image in the chosen style. */
import { effect, signal } from '@preact/signals';
import { AbortedError } from '@munit/core';
import type { Picture } from '@munit/infer';
import { bitmapOf } from '../../image/bitmap.js';
import type { LibraryImage } from '../../image/library.js';
import { style } from '../../styles/style.js';
import { decode, type DecodeRequest } from '../../translate/decode.js';
import { subject } from '../../translate/request.js';
import { latest } from '../../workers/latest.js';
import { priorities } from '../../workers/queue.js';

export interface Stage {
  readonly image: LibraryImage;
  readonly before: ImageBitmap;
  readonly after: Picture;
}

export const stage = signal<Stage | undefined>(undefined);
export const busy = signal(false);
export const problem = signal<string | undefined>(undefined);

let abort = new AbortController();

async function make(request: DecodeRequest): Promise<void> {
  abort = new AbortController();
  busy.value = true;
  try {
    const before = await bitmapOf(request.image, request.side);
    const after = await decode(request, { priority: priorities.stage, signal: abort.signal });
    stage.value = { image: request.image, before, after };
    problem.value = undefined;
  } catch (error) {
    // Of a model that was replaced meanwhile: the next one is on its way.
    if (error instanceof AbortedError && !abort.signal.aborted) return;
    problem.value = abort.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : String(error);
  }
}

/** Gives up the image that is being made. */
export const stop = (): void => abort.abort();

/** Keeps the stage showing what the controls say. @returns a function that ends that */
export function startStage(): () => void {
  // Not between one image and the next.
  const next = latest(make, () => (busy.value = false));
  return effect(() => {
    if (subject.value !== undefined) next({ ...subject.value, style: style.value });
  });
}
