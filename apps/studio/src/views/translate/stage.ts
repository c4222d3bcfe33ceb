/** The large image: the chosen image in the chosen style. */
import { computed, effect, signal } from '@preact/signals';
import { AbortedError } from '@munit/core';
import type { Picture } from '@munit/infer';
import { bitmapOf } from '../../image/bitmap.js';
import { image } from '../../image/library.js';
import type { LibraryImage } from '../../image/libraryImage.js';
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
/** Its user has stopped it. */
export const stopped = signal(false);
/** What is shown is of another image than the one that is chosen. */
export const stale = computed(() => stage.value !== undefined && stage.value.image.id !== image.value.id);

let abort = new AbortController();

async function make(request: DecodeRequest): Promise<void> {
  abort = new AbortController();
  busy.value = true;
  try {
    const before = await bitmapOf(request.image, request.side);
    const after = await decode(request, { priority: priorities.stage, signal: abort.signal });
    stage.value = { image: request.image, before, after };
    problem.value = undefined;
    stopped.value = false;
  } catch (error) {
    // Of a model that was replaced meanwhile: the next one is on its way.
    if (error instanceof AbortedError && !abort.signal.aborted) return;
    stopped.value = abort.signal.aborted;
    problem.value = abort.signal.aborted ? undefined : error instanceof Error ? error.message : String(error);
  }
}

const attempt = signal(0);
/** Makes the image after all. */
export const again = (): void => void (attempt.value += 1);

/** Gives up the image that is being made. */
export const stop = (): void => abort.abort();

/** Keeps the stage showing what the controls say. @returns a function that ends that */
export function startStage(): () => void {
  // Not between one image and the next.
  const next = latest(make, () => (busy.value = false));
  return effect(() => {
    void attempt.value;
    if (subject.value !== undefined) void next({ ...subject.value, style: style.value });
  });
}
