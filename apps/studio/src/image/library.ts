/** The images at hand: samples and those of the user. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { DataError, type Domain, perDomain } from '@munit/core';
import { target, source } from '../direction.js';


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
const samples = perDomain(samplesOf);

export interface OwnImage extends LibraryImage {
  readonly blob: Blob;
}

/** An image that is to become one of the user's own. */
export interface NewImage {
  readonly blob: Blob;
  readonly name: string;
  /** Default: of either. */
  readonly domain?: Domain | undefined;
}

/** What stands before the names of the user's own images. */
const OWN = 'file:';

export const isOwn = ({ id }: Pick<LibraryImage, 'id'>): boolean => id.startsWith(OWN);

const own = signal<readonly OwnImage[]>([]);
const chosen = signal<Readonly<Partial<Record<Domain, string>>>>({});

const ownOf = (domain: Domain): readonly OwnImage[] => own.value.filter((one) => one.domain === undefined || one.domain === domain);

/** What can be translated now: the user's own first. */
export const inputs = computed(() => [...ownOf(source.value), ...samples[source.value]]);
/** What can give a style now. */
export const examples = computed(() => [...samples[target.value], ...ownOf(target.value)]);

export const image = computed<LibraryImage>(() => {
  const id = chosen.value[source.value];
  return inputs.value.find((one) => one.id === id) ?? samples[source.value][0]!;
});

/** The user's own stay chosen when the direction is turned. */
export function choose(id: string): void {
  chosen.value = isOwn({ id }) ? { a: id, b: id } : { ...chosen.peek(), [source.peek()]: id };
}

/** All that the user has added, the newest first. */
export const ownImages: ReadonlySignal<readonly OwnImage[]> = own;

let made = 0;

const ownImage = (id: string, blob: Blob, domain?: Domain): OwnImage => ({ id, key: `${id}#${++made}`, name: id.slice(OWN.length), domain, blob, read: () => Promise.resolve(blob) });

/** Puts images of the user's before all others, in their order. */
export function addOwn(pictures: readonly NewImage[]): OwnImage[] {
  const taken = new Set(own.peek().map(({ id }) => id));
  const added = pictures.map(({ blob, name, domain }) => {
    let id = OWN + name;
    for (let i = 2; taken.has(id); i++) id = `${OWN}${name} ${i}`;
    taken.add(id);
    return ownImage(id, blob, domain);
  });
  own.value = [...added, ...own.peek()];
  return added;
}

/** Puts images of an earlier visit behind those of this one, as they were called then. */
export function restoreOwn(pictures: readonly Pick<OwnImage, 'id' | 'blob' | 'domain'>[]): OwnImage[] {
  const taken = new Set(own.peek().map(({ id }) => id));
  const restored = pictures.filter(({ id }) => !taken.has(id)).map(({ id, blob, domain }) => ownImage(id, blob, domain));
  own.value = [...own.peek(), ...restored];
  return restored;
}

/** Another content for one of the user's own. */
export function replaceOwn(id: string, blob: Blob): void {
  own.value = own.peek().map((one) => (one.id === id ? ownImage(id, blob, one.domain) : one));
}

export function removeOwn(id: string): void {
  own.value = own.peek().filter((one) => one.id !== id);
}
