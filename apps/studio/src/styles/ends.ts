/** The two styles that a morph goes between. */
import { signal } from '@preact/signals';
import type { Code } from './codes.js';

export interface Ends {
  readonly start: Code;
  readonly end: Code;
}

/** Undefined until somebody looks. */
export const ends = signal<Ends | undefined>(undefined);
