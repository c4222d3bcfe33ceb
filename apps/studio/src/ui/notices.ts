/** What the studio tells in passing: nothing goes before there was time to read it. */
import { signal } from '@preact/signals';
import { AbortedError } from '@munit/core';

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'error';
  readonly text: string;
}

/** Slow readers take a second for fifteen letters; a glance comes first. */
const shownMs = (text: string): number => 3000 + Math.max(3000, 70 * text.length);

/** All that have not been read or dismissed, the oldest first. */
export const notices = signal<readonly Notice[]>([]);
/** Dialogs that are open: they show the notices themselves. */
export const dialogs = signal(0);
/** While somebody points at them none of them goes. */
export const held = signal(false);

let next = 1;

export function dismiss(...ids: readonly number[]): void {
  notices.value = notices.value.filter((notice) => !ids.includes(notice.id));
}

/** Shows a line; errors stay until they are dismissed. The same line is shown once. */
export function notify(text: string, kind: Notice['kind'] = 'info'): void {
  const id = next++;
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, kind, text }];
  if (kind === 'info') expire(id, shownMs(text));
}

function expire(id: number, ms: number): void {
  setTimeout(() => (held.peek() ? expire(id, 2000) : dismiss(id)), ms);
}

/** An error for people: its message, which says what to do; silence for what they stopped themselves. */
export function notifyError(error: unknown): void {
  if (error instanceof AbortedError) return;
  notify(error instanceof Error ? error.message : String(error), 'error');
}
