/** From which domain to which. */
import { computed, signal } from '@preact/signals';

export const target = signal<'a' | 'b'>('b');
export const source = computed<'a' | 'b'>(() => (target.value === 'b' ? 'a' : 'b'));

export function swap(): void {
  target.value = source.peek();
}
