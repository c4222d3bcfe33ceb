/** The images at hand: samples and those of the user. */
import { computed, signal } from '@preact/signals';
import type { Domain } from '@munit/core';
import { source, target } from '../direction.js';
import type { LibraryImage } from './libraryImage.js';
import { findOwn, isOwn, type OwnImage, ownImages } from './own.js';
import { samples, samplesFit } from './samples.js';

/** The image that is chosen, for each direction. */
export const chosen = signal<Readonly<Partial<Record<Domain, string>>>>({});

const ownOf = (domain: Domain): readonly OwnImage[] => ownImages.value.filter((one) => one.domain === undefined || one.domain === domain);

/** What can be translated now: the user's own first. Samples of another model only where there is nothing else. */
export const inputs = computed<readonly LibraryImage[]>(() => {
  const mine = ownOf(source.value);
  return samplesFit.value || mine.length === 0 ? [...mine, ...samples.value[source.value]] : mine;
});

/** What can give a style now: no drawings, which are made to be translated. */
export const examples = computed<readonly LibraryImage[]>(() => [...(samplesFit.value ? samples.value[target.value] : []), ...ownOf(target.value).filter(({ drawn }) => !drawn)]);

export const image = computed<LibraryImage>(() => {
  const id = chosen.value[source.value];
  return inputs.value.find((one) => one.id === id) ?? findOwn(id) ?? inputs.value[0]!;
});

/** The user's own stay chosen when the direction is turned. */
export function choose(id: string): void {
  chosen.value = isOwn({ id }) ? { a: id, b: id } : { ...chosen.peek(), [source.peek()]: id };
}
