/** The pictures at hand: samples and those of the user. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { DataError } from '@munit/core';
import { target, source } from '../styles/direction.js';

export type Domain = 'a' | 'b';

export interface LibraryImage {
  /** In links: of a sample `a3`, of the user's own `file:name`. */
  readonly id: string;
  /** Names what it shows: another content has another key. For whatever is made of it and kept. */
  readonly key: string;
  readonly name: string;
  /** Of which domain it is; the user's own may be of either. */
  readonly domain: Domain | undefined;
  readonly read: () => Promise<Blob>;
}

const SAMPLES = 6;

const sample = (domain: Domain, index: number): LibraryImage => ({
  id: `${domain}${index}`,
  key: `${domain}${index}`,
  name: `${domain === 'a' ? 'Outline' : 'Coloured shape'} ${index + 1}`,
  domain,
  async read() {
    const response = await fetch(new URL(`samples/${domain}${index}.png`, document.baseURI));
    if (!response.ok) throw new DataError(`The sample ${domain}${index} is missing.`, { remedy: 'Reload the page.' });
    return response.blob();
  },
});

const samplesOf = (domain: Domain): LibraryImage[] => Array.from({ length: SAMPLES }, (_, i) => sample(domain, i));
const samples = { a: samplesOf('a'), b: samplesOf('b') };

/** A picture of the user's, which may be of either domain. */
export interface OwnImage extends LibraryImage {
  readonly domain: undefined;
  readonly blob: Blob;
}

const own = signal<readonly OwnImage[]>([]);
const chosen = signal<Readonly<Partial<Record<Domain, string>>>>({});

/** What can be translated now: the user's own first. */
export const inputs = computed(() => [...own.value, ...samples[source.value]]);
/** What can give a style now. */
export const examples = computed(() => [...samples[target.value], ...own.value]);

export const image = computed<LibraryImage>(() => {
  const id = chosen.value[source.value];
  return inputs.value.find((one) => one.id === id) ?? inputs.value[own.value.length] ?? inputs.value[0]!;
});

/** The user's own stay chosen when the direction is turned. */
export function choose(id: string): void {
  chosen.value = id.startsWith(OWN) ? { a: id, b: id } : { ...chosen.peek(), [source.peek()]: id };
}

/** What stands before the names of the user's own pictures. */
const OWN = 'file:';

/** All that the user has added, the newest first. */
export const ownImages: ReadonlySignal<readonly OwnImage[]> = own;

let made = 0;

const ownImage = (id: string, name: string, blob: Blob): OwnImage => ({ id, key: `${id}#${++made}`, name, domain: undefined, blob, read: () => Promise.resolve(blob) });

/** Puts pictures of the user's before all others, in their order. */
export function addOwn(pictures: readonly { readonly blob: Blob; readonly name: string }[]): OwnImage[] {
  const taken = new Set(own.peek().map(({ id }) => id));
  const added = pictures.map(({ blob, name }) => {
    let id = OWN + name;
    for (let i = 2; taken.has(id); i++) id = `${OWN}${name} ${i}`;
    taken.add(id);
    return ownImage(id, id.slice(OWN.length), blob);
  });
  own.value = [...added, ...own.peek()];
  return added;
}

/** Puts pictures of an earlier visit behind those of this one, as they were called then. */
export function restoreOwn(pictures: readonly { readonly id: string; readonly blob: Blob }[]): OwnImage[] {
  const taken = new Set(own.peek().map(({ id }) => id));
  const restored = pictures.filter(({ id }) => !taken.has(id)).map(({ id, blob }) => ownImage(id, id.slice(OWN.length), blob));
  own.value = [...own.peek(), ...restored];
  return restored;
}

/** Another content for one of the user's own. */
export function replaceOwn(id: string, blob: Blob): void {
  own.value = own.peek().map((one) => (one.id === id ? ownImage(id, one.name, blob) : one));
}

export function removeOwn(id: string): void {
  own.value = own.peek().filter((one) => one.id !== id);
}
