/** Files added by picker, drop or paste: images and models. */
import type { Domain } from '@munit/core';
import { isModelFile } from './model/choice.js';
import { loadFiles } from './model/session.js';
import { isZip } from './model/zip.js';
import { notify, notifyError } from './ui/notices.js';
import { decodePicture } from './image/bitmap.js';
import { addOwn, choose, type LibraryImage, type NewImage } from './image/library.js';

interface AddOptions {
  readonly domain?: Domain;
  /** What to do with a file that is not an image. Default: show the error. */
  readonly onBroken?: (error: unknown) => void;
}

/** Adds the images among `files`. */
export async function addPictures(files: readonly File[], { domain, onBroken = notifyError }: AddOptions = {}): Promise<LibraryImage[]> {
  const pictures: NewImage[] = [];
  for (const file of files) {
    try {
      (await decodePicture(file, file.name)).close();
      pictures.push({ blob: file, name: file.name, domain });
    } catch (error) {
      onBroken(error);
    }
  }
  return addOwn(pictures);
}

/** Model files are loaded; other files are taken for images, and the first one is chosen. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (files.some((file) => isModelFile(file.name) || isZip(file))) return loadFiles(files);
  const [first, ...more] = await addPictures(files);
  if (first === undefined) return;
  choose(first.id);
  if (more.length > 0) notify(`${more.length + 1} images were added.`);
}
