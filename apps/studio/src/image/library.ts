/** The pictures at hand: samples and those of the user. */
import { computed, signal } from '@preact/signals';
import { DataError } from '@munit/core';
import { target, source } from '../styles/direction.js';

export type Domain = 'a' | 'b';

export interface LibraryImage {
  /** In links: of a sample `a3`, of the user's own `file:name`. */
  readonly id: string;
  readonly name: string;
  /** Of which domain it is; the user's own may be of either. */
  readonly domain: Domain | undefined;
  readonly read: () => Promise<Blob>;
}

const SAMPLES = 6;

const sample = (domain: Domain, index: number): LibraryImage => ({
  id: `${domain}${index}`,
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

const own = signal<readonly LibraryImage[]>([]);
const chosen = signal<Readonly<Partial<Record<Domain, string>>>>({});

/** What can be translated now: the user's own first. */
export const inputs = computed(() => [...own.value, ...samples[source.value]]);
/** What can give a style now. */
export const examples = computed(() => [...samples[target.value], ...own.value]);

export const image = computed<LibraryImage>(() => {
  const id = chosen.value[source.value];
  return inputs.value.find((one) => one.id === id) ?? inputs.value[own.value.length] ?? inputs.value[0]!;
});

export function choose(id: string, of: Domain = source.peek()): void {
  chosen.value = { ...chosen.peek(), [of]: id };
}

/** Adds a picture of the user's. */
export function addOwn(blob: Blob, name: string): LibraryImage {
  const taken = new Set(own.peek().map(({ id }) => id));
  let id = `file:${name}`;
  for (let i = 2; taken.has(id); i++) id = `file:${name} ${i}`;
  const added: LibraryImage = { id, name, domain: undefined, read: () => Promise.resolve(blob) };
  own.value = [added, ...own.peek()];
  return added;
}
