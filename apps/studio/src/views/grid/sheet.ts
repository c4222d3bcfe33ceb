/** Several contents × several styles. */
import { computed, effect, signal } from '@preact/signals';
import { inputs } from '../../image/library.js';
import type { Code } from '../../styles/codes.js';
import { randomCodes, seed, style, styleDim } from '../../styles/style.js';
import { Batch } from '../../translate/batch.js';
import { subject } from '../../translate/request.js';
import { priorities } from '../../workers/queue.js';
import { view } from '../../view.js';

export const rowCount = signal(4);
export const columnCount = signal(5);
export const sheet = new Batch(priorities.sheet);

export const rows = computed(() => inputs.value.slice(0, rowCount.value));
/** The style in use first, then random ones of the seed. */
export const columns = computed<readonly Code[]>(() => (styleDim.value === 0 ? [[]] : [style.value, ...randomCodes(styleDim.value, columnCount.value, seed.value).slice(1)]));

/** Recomputes the sheet whenever its rows or columns change, while the view is open. @returns a function that ends that */
export function startSheet(): () => void {
  let made = '';
  return effect(() => {
    const now = subject.value;
    if (view.value !== 'grid' || now === undefined) return;
    const key = JSON.stringify([now.model.epoch, now.side, now.to, rows.value.map(({ key }) => key), columns.value]);
    if (key === made) return;
    made = key;
    void sheet.start(rows.value.flatMap((image) => columns.value.map((code) => ({ ...now, image, style: code }))));
  });
}
