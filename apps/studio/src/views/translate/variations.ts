/** The grid of random styles. */
import { effect } from '@preact/signals';
import { variations } from '../../styles/style.js';
import { Batch } from '../../translate/batch.js';
import { subject } from '../../translate/request.js';
import { priorities } from '../../workers/queue.js';
import { view } from '../../view.js';

export const grid = new Batch(priorities.variations);

/** Keeps the grid showing the seed's styles while its view is open. @returns a function that ends that */
export function startVariations(): () => void {
  let shown = '';
  return effect(() => {
    const now = subject.value;
    if (now === undefined || view.value !== 'translate') return;
    const key = JSON.stringify([now.model.epoch, now.image.key, now.side, now.to, variations.value]);
    if (key === shown) return;
    shown = key;
    void grid.start(
      variations.value.map((style) => ({ ...now, style })),
      { keepOld: true },
    );
  });
}
