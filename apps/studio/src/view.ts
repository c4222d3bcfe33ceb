/** Which view is shown. */
import { signal } from '@preact/signals';

export const views = ['translate', 'morph', 'grid', 'live', 'compare', 'evaluate', 'train'] as const;

export type ViewId = (typeof views)[number];

export const isView = (text: string | undefined): text is ViewId => views.some((id) => id === text);

export const view = signal<ViewId>('translate');
