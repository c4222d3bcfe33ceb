/** What the studio tells in passing. */
import { signal } from '@preact/signals';
import { AbortedError } from '@munit/core';

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'error';
  readonly text: string;
}

const SHOWN_MS = 6000;

export const notices = signal<readonly Notice[]>([]);
let next = 1;

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Shows a line; errors stay until they are dismissed. The same line is shown once. */
export function notify(text: string, kind: Notice['kind'] = 'info'): void {
  const id = next++;
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, kind, text }].slice(-3);
  if (kind === 'info') setTimeout(() => dismiss(id), SHOWN_MS);
}

/** An error for people: its message, which says what to do; silence for what they stopped themselves. */
export function notifyError(error: unknown): void {
  if (error instanceof AbortedError) return;
  notify(error instanceof Error ? error.message : String(error), 'error');
}
