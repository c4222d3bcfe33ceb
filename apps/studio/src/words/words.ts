/**
 * What the studio says, in the language in use. What comes from munit's packages, such as their errors, the reason why a device was not
 * taken and the names of figures, is English in every language, and is shown as it is.
 */
import { computed, signal } from '@preact/signals';
import { english } from './english/table.js';
import type { Words } from './types.js';

export type { Words } from './types.js';

export const languages = [
  { id: 'en', name: 'English', tag: 'en', load: () => Promise.resolve<Words>(english) },
  { id: 'de', name: 'Deutsch', tag: 'de', load: async (): Promise<Words> => (await import('./german/table.js')).german },
  { id: 'zh', name: '简体中文', tag: 'zh-Hans', load: async (): Promise<Words> => (await import('./chinese/table.js')).chinese },
] as const;

export type LanguageId = (typeof languages)[number]['id'];

/** The language in use and its table: they change together. */
export const spoken = signal<{ readonly id: LanguageId; readonly words: Words }>({ id: 'en', words: english });

/** The table in use: components that read it are drawn again when the language changes. */
export const words = computed(() => spoken.value.words);
