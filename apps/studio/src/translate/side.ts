/** The size that images are translated at. */
import { computed, signal } from '@preact/signals';
import { model } from '../model/session.js';

/** Of the published models. */
const USUAL_SIDE = 256;

/** What the user chose; undefined: what the model was trained at. */
export const chosenSide = signal<number | undefined>(undefined);

export const side = computed(() => chosenSide.value ?? model.value?.trainedAt ?? USUAL_SIDE);
