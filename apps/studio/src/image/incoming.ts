/** Files that come in by picker, drop or paste: pictures and models. */
import { isModelFile } from '../model/choice.js';
import { loadFiles } from '../model/session.js';
import { isZip } from '../model/zip.js';
import { notify, notifyError } from '../ui/index.js';
import { decodePicture } from './bitmap.js';
import { addOwn, choose, type LibraryImage } from './library.js';

/** Adds the pictures among `files`. What is none is said so. */
export async function addPictures(files: readonly File[]): Promise<LibraryImage[]> {
  const pictures: { blob: Blob; name: string }[] = [];
  for (const file of files) {
    try {
      (await decodePicture(file, file.name)).close();
      pictures.push({ blob: file, name: file.name });
    } catch (error) {
      notifyError(error);
    }
  }
  return addOwn(pictures);
}

/** Model files are loaded; other files are taken for pictures, and the first one is chosen. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (files.some((file) => isModelFile(file.name) || isZip(file))) return loadFiles(files);
  const [first, ...more] = await addPictures(files);
  if (first === undefined) return;
  choose(first.id);
  if (more.length > 0) notify(`${more.length + 1} pictures were added.`);
}
