/** The user's own images, from one visit to the next. */
import { effect } from '@preact/signals';
import { type OwnImage, ownImages, restoreOwn } from './library.js';
import { change, type KeptFile, pack, read, remove, unpack, write } from '../store.js';

/** The ids, in order; each image has an entry of its own. */
const LIST = 'pictures';
const entryOf = (id: string): string => `picture ${id}`;
type Entry = Pick<OwnImage, 'domain'> & { readonly file: KeptFile };

/** An image that is being drawn changes all the time. */
const WAIT_MS = 400;

let restored: Promise<unknown> = Promise.resolve();

/** Settles when the images of earlier visits are there. */
export const imagesRestored = (): Promise<unknown> => restored;

/** Puts the images of earlier visits behind those of this one; from then on keeps what is added, and forgets what is removed. */
export function startKeeping(): void {
  restored = restore().then(follow);
}

async function restore(): Promise<readonly OwnImage[]> {
  const ids = (await read<readonly string[]>(LIST)) ?? [];
  const entries = await Promise.all(ids.map((id) => read<Entry>(entryOf(id))));
  return restoreOwn(ids.flatMap((id, i) => (entries[i] === undefined ? [] : [{ id, domain: entries[i].domain, blob: unpack(entries[i].file) }])));
}

const sameImages = (a: readonly OwnImage[], b: readonly OwnImage[]): boolean => a.length === b.length && a.every(({ key }, i) => key === b[i]!.key);

function follow(kept: readonly OwnImage[]): void {
  const known = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = async (): Promise<void> => {
    const before = kept;
    const now = (kept = ownImages.peek());
    const ids = now.map(({ id }) => id);
    for (const { id } of [...before, ...now]) known.add(id);
    for (const { id } of before) if (!ids.includes(id)) await remove(entryOf(id));
    for (const { id, key, blob, domain } of now) if (!before.some((one) => one.key === key)) await write(entryOf(id), pack(blob).then((file): Entry => ({ file, domain })));
    // Another tab may have added some of its own.
    await change<readonly string[]>(LIST, (old = []) => [...ids, ...old.filter((id) => !known.has(id))]);
  };
  effect(() => {
    clearTimeout(timer);
    if (!sameImages(ownImages.value, kept)) timer = setTimeout(() => void save(), WAIT_MS);
  });
}
