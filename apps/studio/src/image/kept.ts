/** The user's own images, from one visit to the next: written by themselves, whatever other tabs write. */
import { effect } from '@preact/signals';
import type { Domain } from '@munit/core';
import { uniqueId } from '../identity.js';
import { change, type KeptFile, pack, read, remove, unpack, write } from '../store.js';
import { notify } from '../ui/notices.js';
import { copyOwn, factsOf, keepBy, nameOfId, type OwnFacts, type OwnImage, ownImages, restoreOwn } from './own.js';
import { keepThumb, thumbEntry } from './thumb.js';
import { words } from '../words/words.js';

/** What is known of each image, in order; each image has an entry of its own. Once there were ids alone. */
const LIST = 'pictures';
type Listed = OwnFacts | string;

const entryOf = (id: string): string => `picture ${id}`;
interface Entry {
  readonly file: KeptFile;
  readonly domain?: Domain | undefined;
  /** Changes with the content. */
  readonly version?: string;
}

/** An image that is being drawn changes all the time. */
const WAIT_MS = 400;

let restored: Promise<unknown> = Promise.resolve();

/** Settles when the images of earlier visits are there. */
export const imagesRestored = (): Promise<unknown> => restored;

/** Puts the images of earlier visits behind those of this one; from then on keeps what is added, and forgets what is removed. */
export function startKeeping(): void {
  keepBy(async (id) => {
    const entry = await read<Entry>(entryOf(id));
    if (entry === undefined) return undefined;
    versions.set(id, entry.version);
    return unpack(entry.file);
  });
  restored = restore().then(follow);
}

/** What this tab last read or wrote of each image. */
const versions = new Map<string, string | undefined>();

async function restore(): Promise<readonly OwnImage[]> {
  const listed = (await read<readonly Listed[]>(LIST)) ?? [];
  const facts = await Promise.all(listed.map(async (one) => (typeof one === 'string' ? factsOfEarlier(one) : one)));
  return restoreOwn(facts.filter((one) => one !== undefined));
}

/** An image that was kept when its name was its id. */
async function factsOfEarlier(id: string): Promise<OwnFacts | undefined> {
  const entry = await read<Entry>(entryOf(id));
  const name = nameOfId(id);
  // A photograph may be called so too, but has an ending.
  return entry && { id, name, domain: entry.domain, drawn: /^Drawing( \d+)?$/.test(name), bytes: entry.file.bytes.byteLength };
}

/** Begins to keep what is added, and to forget what is removed. */
function follow(before: readonly OwnImage[]): void {
  let kept = before;
  let saving: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = async (): Promise<void> => {
    const [old, now] = [kept, ownImages.peek()];
    kept = now;
    const added = now.filter(({ id }) => !old.some((one) => one.id === id));
    const removed = old.filter(({ id }) => !now.some((one) => one.id === id));
    for (const image of removed) await forget(image);
    await list([], removed, now);
    // Each is in the list as soon as it is kept: a page that is closed amid sixty photographs has lost only those that it had not come to.
    for (const image of now.filter(({ key }) => !old.some((one) => one.key === key)).toReversed()) {
      const isNew = added.includes(image);
      if (await keep(image, !isNew)) await list(isNew ? [image] : [], [], now);
    }
  };
  effect(() => {
    clearTimeout(timer);
    const now = ownImages.value;
    // Whoever closes the page right after adding an image finds it again: only strokes wait for the next.
    const wait = now.every(({ id }) => kept.some((one) => one.id === id)) ? WAIT_MS : 0;
    if (now !== kept) timer = setTimeout(() => (saving = saving.then(save)), wait);
  });
}

/** Its content stays in memory: somebody may want it back. */
async function forget(image: OwnImage): Promise<void> {
  image.blob ??= await image.read().catch(() => undefined);
  await remove(entryOf(image.id));
  await remove(thumbEntry(image.id));
}

/** @returns whether it is kept */
async function keep(image: OwnImage, changed: boolean): Promise<boolean> {
  const { id, blob, domain } = image;
  if (blob === undefined) return true;
  const version = uniqueId();
  const entry: Entry = { file: await pack(blob), domain, version };
  if (!changed) {
    if (!(await write(entryOf(id), entry))) return false;
    if (!image.drawn) await keepThumb(image);
    // It is read again when it is wanted: a file of the disk may be gone by then, and many take much memory.
    if (!image.drawn) image.blob = undefined;
  } else {
    let other = false;
    const known = versions.get(id);
    const written = await change<Entry>(entryOf(id), (there) => {
      other = there !== undefined && versions.has(id) && there.version !== known;
      return other ? there! : entry;
    });
    if (other) {
      notify(words.peek().image.changedElsewhere(image.name));
      copyOwn(image);
      return true;
    }
    if (!written) return false;
  }
  versions.set(id, version);
  return true;
}

/** Another tab may have added some of its own, and removed some of ours. */
async function list(added: readonly OwnImage[], removed: readonly OwnImage[], now: readonly OwnImage[]): Promise<void> {
  const idOf = (one: Listed): string => (typeof one === 'string' ? one : one.id);
  const gone = new Set([...added, ...removed].map(({ id }) => id));
  const current = new Map(now.map((one) => [one.id, factsOf(one)]));
  await change<readonly Listed[]>(LIST, (old = []) => [...added.map(factsOf), ...old.filter((one) => !gone.has(idOf(one))).map((one) => current.get(idOf(one)) ?? one)]);
}
