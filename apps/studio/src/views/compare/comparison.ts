/** The same images in the same styles, by two models. */
import { computed, effect, signal } from '@preact/signals';
import { target } from '../../direction.js';
import { inputs } from '../../image/library.js';
import { randomCodes, seed, style } from '../../styles/style.js';
import type { Code } from '../../styles/codes.js';
import { Batch } from '../../translate/batch.js';
import type { DecodeRequest } from '../../translate/decode.js';
import { subject } from '../../translate/request.js';
import { priorities } from '../../workers/queue.js';
import { view } from '../../view.js';
import { otherModel } from './other.js';

export const imageCount = signal(3);
export const styleCount = signal(2);
export const comparison = new Batch(priorities.sheet);

export const images = computed(() => inputs.value.slice(0, imageCount.value));

/** The styles for codes of that length: your style first, where it fits, then random ones of the seed, the same for both models. */
export const stylesFor = (dim: number): readonly Code[] => {
  if (dim === 0) return [[]];
  const random = randomCodes(dim, styleCount.value, seed.value);
  return style.value.length === dim ? [style.value, ...random.slice(1)] : random;
};

/** Whether both know the same styles by the same numbers of style codes. */
export const sameLength = computed(() => subject.value?.model.translator.styleDim === otherModel.value?.translator.styleDim);

/** Columns: of each model as many as there are styles. */
export const columnsOf = computed(() => {
  const mine = subject.value?.model.translator.styleDim ?? 0;
  const other = otherModel.value?.translator.styleDim ?? 0;
  return { mine: stylesFor(mine), other: stylesFor(other) };
});

/** Row by row: an image in the styles of the one model, and of the other. @returns a function that ends that */
export function startComparison(): () => void {
  let made = '';
  return effect(() => {
    const [now, other] = [subject.value, otherModel.value];
    if (view.value !== 'compare' || now === undefined || other === undefined || !other.translator.makes(target.value)) return;
    const { mine, other: theirs } = columnsOf.value;
    const key = JSON.stringify([now.model.epoch, other.epoch, now.side, now.to, images.value.map(({ key }) => key), mine, theirs]);
    if (key === made) return;
    made = key;
    const requests = images.value.flatMap((image): DecodeRequest[] => [
      ...mine.map((code) => ({ ...now, image, style: code })),
      ...theirs.map((code) => ({ ...now, model: other, image, style: code })),
    ]);
    void comparison.start(requests);
  });
}
