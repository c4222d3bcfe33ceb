/** The size that images are translated at. */
import { computed, signal } from '@preact/signals';
import { model } from '../model/session.js';

/** Of the published models. */
const USUAL_SIDE = 256;

/** Sizes that the studio offers. */
const [LEAST, MOST] = [16, 1024];

/** What the model was trained at, where it says so and the studio can do it. */
export const trainedSide = computed(() => {
  const size = model.value?.translator.trainedSize;
  return size !== undefined && size >= LEAST && size <= MOST ? size : undefined;
});

/** What the user chose; undefined: what the model was trained at. */
export const chosenSide = signal<number | undefined>(undefined);

export const side = computed(() => chosenSide.value ?? trainedSide.value ?? USUAL_SIDE);
