/** Files added by picker, drop or paste: images and models. */
import type { Domain } from '@munit/core';
import { isModelFile } from './model/choice.js';
import { loadFiles } from './model/session.js';
import { isZip } from './model/zip.js';
import { fingerprint } from './identity.js';
import { withDecoded } from './image/bitmap.js';
import { choose } from './image/library.js';
import type { LibraryImage } from './image/libraryImage.js';
import { addOwn, type NewImage, type OwnImage, ownImages } from './image/own.js';
import { setThumb, thumbFrom } from './image/thumb.js';
import { notify, notifyError } from './ui/notices.js';
import { words } from './words/words.js';

interface AddOptions {
  readonly domain?: Domain;
  /** What to do with files that cannot be read as images. Default: say so. */
  readonly onBroken?: (broken: readonly Broken[]) => void;
}

interface Broken {
  readonly name: string;
  readonly error: unknown;
}

/** One line, however many there are. */
function sayBroken(broken: readonly Broken[]): void {
  if (broken.length < 2) return broken.forEach(({ error }) => notifyError(error));
  notify(words.peek().image.broken(broken.length, broken.map(({ name }) => name).join(', ')), 'error');
}

/** A file that a folder holds and nobody means: hidden ones, and what systems put there. */
const isBeside = ({ name }: File): boolean => name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name);

/** Adds the images among `files`, one after the other, and gives back each image once: what was there already is not added again. */
export async function addPictures(files: readonly File[], { domain, onBroken = sayBroken }: AddOptions = {}): Promise<LibraryImage[]> {
  const found: LibraryImage[] = [];
  const broken: Broken[] = [];
  const added: { readonly picture: NewImage; readonly thumb: ImageBitmap }[] = [];
  for (const file of files.filter((one) => !isBeside(one))) {
    try {
      const known = await alreadyHere(file, domain);
      if (known !== undefined) found.push(known);
      else if (!(await repeats(file, added.map(({ picture }) => picture)))) {
        added.push({ thumb: await withDecoded(file, file.name, thumbFrom), picture: { blob: file, name: file.name, domain } });
      }
    } catch (error) {
      broken.push({ name: file.name, error });
    }
  }
  if (broken.length > 0) onBroken(broken);
  const images = addOwn(added.map(({ picture }) => picture));
  for (const [i, image] of images.entries()) setThumb(image, added[i]!.thumb);
  return [...images, ...found];
}

/** An image of the same name and content. */
async function alreadyHere(file: File, domain: Domain | undefined): Promise<OwnImage | undefined> {
  for (const one of ownImages.peek()) {
    if (one.bytes === file.size && one.name === file.name && one.domain === domain && (await sameContent(file, await one.read()))) return one;
  }
  return undefined;
}

async function repeats(file: File, pictures: readonly NewImage[]): Promise<boolean> {
  for (const { blob, name } of pictures) if (blob.size === file.size && name === file.name && (await sameContent(file, blob))) return true;
  return false;
}

async function sameContent(a: Blob, b: Blob): Promise<boolean> {
  const [x, y] = await Promise.all([fingerprint([a]), fingerprint([b])]);
  return x !== undefined && x === y;
}

export const holdsModel = (files: readonly File[]): boolean => files.some((file) => isModelFile(file.name) || isZip(file));

/** Model files are loaded; other files are taken for images, and the first one is chosen. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (holdsModel(files)) return loadFiles(files);
  const [first, ...more] = await addPictures(files);
  if (first === undefined) return;
  choose(first.id);
  if (more.length > 0) notify(words.peek().image.added(more.length + 1));
}
