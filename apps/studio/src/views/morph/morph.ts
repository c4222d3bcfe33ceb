/** The frames of a morph, and which one is shown. */
import { computed, effect, signal } from '@preact/signals';
import { interpolateStyles, type InterpolationMode } from '@munit/infer';
import { type Code, rounded } from '../../styles/codes.js';
import { type Ends, ends } from '../../styles/ends.js';
import { freshSeed, randomCodes, style, styleDim } from '../../styles/style.js';
import { Batch } from '../../translate/batch.js';
import { subject } from '../../translate/request.js';
import { priorities } from '../../workers/queue.js';
import { view } from '../../view.js';

export const mode = signal<InterpolationMode>('slerp');
export const frameCount = signal(24);
export const seconds = signal(2);
export const frames = new Batch(priorities.frames);
/** 0 to 1. */
export const position = signal(0);
export const playing = signal(false);

/** Codes of another model have another length. */
const fits = (pair: Ends | undefined, dim: number): pair is Ends => pair?.start.length === dim && pair.end.length === dim;

export const currentEnds = computed<Ends | undefined>(() => (fits(ends.value, styleDim.value) ? ends.value : undefined));

export const randomCode = (): Code => randomCodes(styleDim.peek(), 1, freshSeed())[0] ?? [];

export function setEnd(which: keyof Ends, code: Code): void {
  const now = currentEnds.peek();
  if (now !== undefined) ends.value = { ...now, [which]: code };
}

/** How many images can be shown: they arrive in order. */
export const ready = computed(() => frames.state.value.pictures.filter((picture) => picture !== undefined).length);

export const shown = computed(() => {
  const { pictures } = frames.state.value;
  return pictures[Math.min(Math.round(position.value * (pictures.length - 1)), Math.max(0, ready.value - 1))];
});

/** Recomputes the frames whenever what they depend on changes, while the view is open. @returns a function that ends that */
export function startMorph(): () => void {
  let made = '';
  return effect(() => {
    const now = subject.value;
    if (view.value !== 'morph' || now === undefined || styleDim.value === 0) return;
    if (!fits(ends.value, styleDim.value)) {
      ends.value = { start: style.peek(), end: randomCode() };
      return;
    }
    const key = JSON.stringify([now.model.epoch, now.image.key, now.side, now.to, ends.value, mode.value, frameCount.value]);
    if (key === made) return;
    made = key;
    const codes = interpolateStyles(ends.value.start, ends.value.end, frameCount.value, mode.value).map(rounded);
    void frames.start(codes.map((code) => ({ ...now, style: code })));
  });
}
