/** The user's own images: each has an id of its own, so that two of the same name stay two. */
import type { Domain } from '@munit/core';
import { DataError } from '@munit/core';
import { type ReadonlySignal, signal } from '@preact/signals';
import { freeName, nameIn, uniqueId, withId } from '../identity.js';
import type { LibraryImage } from './libraryImage.js';
import { words } from '../words/words.js';

/** What of an image is written down beside its bytes. */
export interface OwnFacts {
  readonly id: string;
  readonly name: string;
  /** Of which domain it is; undefined: of either. */
  readonly domain: Domain | undefined;
  /** Made with the pad, which may open it again. */
  readonly drawn: boolean;
  readonly bytes: number;
  /** Of a drawing: its strokes as text, from which it can be drawn again. Undefined where something else is below them. */
  readonly strokes?: string | undefined;
}

export interface OwnImage extends LibraryImage, OwnFacts {
  /** Its content, while it is not in the store. */
  blob: Blob | undefined;
}

/** An image that is to become one of the user's own. */
export interface NewImage {
  readonly blob: Blob;
  readonly name: string;
  readonly domain?: Domain | undefined;
  readonly drawn?: boolean;
  readonly strokes?: string | undefined;
}

/** What stands before the ids of the user's own images. */
const OWN = 'file:';

export const isOwn = ({ id }: Pick<LibraryImage, 'id'>): boolean => id.startsWith(OWN);

/** What an id calls the image, whether it is here or not. */
export const nameOfId = (id: string): string => nameIn(id.slice(OWN.length));

/** Reads an image that is kept; set by what keeps them. */
let readKept: (id: string) => Promise<Blob | undefined> = () => Promise.resolve(undefined);
export const keepBy = (read: typeof readKept): void => void (readKept = read);

let made = 0;

function ownImage(facts: OwnFacts, blob: Blob | undefined): OwnImage {
  const image: OwnImage = {
    ...facts,
    key: `${facts.id}#${++made}`,
    blob,
    async read() {
      const found = image.blob ?? (await readKept(facts.id));
      if (found === undefined) throw new DataError(words.peek().image.notKept(facts.name), { remedy: words.peek().image.notKeptRemedy });
      return found;
    },
  };
  return image;
}

const own = signal<readonly OwnImage[]>([]);

/** All that the user has added, the newest first. */
export const ownImages: ReadonlySignal<readonly OwnImage[]> = own;

/** The image of an id; of a link that has the name alone, the newest of that name. */
export const findOwn = (id: string | undefined): OwnImage | undefined =>
  id === undefined ? undefined : (own.value.find((one) => one.id === id) ?? own.value.find((one) => `${OWN}${one.name}` === id));

/** Puts images of the user's before all others, in their order. */
export function addOwn(pictures: readonly NewImage[]): OwnImage[] {
  const taken = new Set(own.peek().map(({ name }) => name));
  const added = pictures.map(({ blob, name: wanted, domain, drawn = false, strokes }) => {
    const name = freeName(wanted, taken);
    taken.add(name);
    return ownImage({ id: OWN + withId(name, uniqueId()), name, domain, drawn, bytes: blob.size, ...(strokes === undefined ? {} : { strokes }) }, blob);
  });
  own.value = [...added, ...own.peek()];
  return added;
}

/** Puts images of an earlier visit behind those of this one. */
export function restoreOwn(kept: readonly OwnFacts[]): OwnImage[] {
  const here = new Set(own.peek().map(({ id }) => id));
  const restored = kept.filter(({ id }) => !here.has(id)).map((facts) => ownImage(facts, undefined));
  own.value = [...own.peek(), ...restored];
  return restored;
}

/** Another content for one of the user's own; the old one stays what it was, for whoever holds it. */
export function replaceOwn(id: string, blob: Blob, strokes?: string): void {
  own.value = own.peek().map((one) => (one.id === id ? ownImage({ ...factsOf(one), bytes: blob.size, strokes }, blob) : one));
}

/** The same content as an image of its own. */
export function copyOwn({ id, blob, ...facts }: OwnImage): void {
  if (blob === undefined) return;
  const name = freeName(facts.name, new Set(own.peek().map((one) => one.name)));
  own.value = own.peek().map((one) => (one.id === id ? ownImage({ ...facts, name, id: OWN + withId(name, uniqueId()) }, blob) : one));
}

export function removeOwn(ids: readonly string[]): void {
  own.value = own.peek().filter(({ id }) => !ids.includes(id));
}

/** All at once, as they were at another time. */
export const setOwn = (images: readonly OwnImage[]): void => void (own.value = images);

export const factsOf = ({ id, name, domain, drawn, bytes, strokes }: OwnFacts): OwnFacts => ({ id, name, domain, drawn, bytes, ...(strokes === undefined ? {} : { strokes }) });
