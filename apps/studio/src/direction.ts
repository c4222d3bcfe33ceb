/** From which domain to which. */
import { type Domain, otherDomain } from '@munit/core';
import { computed, signal } from '@preact/signals';

export const target = signal<Domain>('b');
export const source = computed<Domain>(() => otherDomain(target.value));

export function swap(): void {
  target.value = source.peek();
}
