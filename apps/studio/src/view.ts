/** Which view is shown. */
import { signal } from '@preact/signals';

export const views = [
  { id: 'translate', label: 'Translate' },
  { id: 'morph', label: 'Morph' },
  { id: 'grid', label: 'Grid' },
  { id: 'live', label: 'Live' },
  { id: 'compare', label: 'Compare' },
  { id: 'train', label: 'Train' },
] as const;

export type ViewId = (typeof views)[number]['id'];

export const isView = (text: string | undefined): text is ViewId => views.some(({ id }) => id === text);

export const view = signal<ViewId>('translate');
