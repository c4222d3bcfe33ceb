/** Files that come in by picker, drop or paste: pictures and models. */
import { isModelFile, choiceOfFiles } from '../model/choice.js';
import { loadModel } from '../model/session.js';
import { notify, notifyError } from '../ui/index.js';
import { decodePicture } from './bitmap.js';
import { addOwn, choose, type LibraryImage } from './library.js';

/** Adds the pictures among `files`. What is none is said so. */
export async function addPictures(files: readonly File[]): Promise<LibraryImage[]> {
  const added: LibraryImage[] = [];
  for (const file of files) {
    try {
      (await decodePicture(file, file.name)).close();
      added.push(addOwn(file, file.name));
    } catch (error) {
      notifyError(error);
    }
  }
  return added;
}

/** Model files are loaded; other files are taken for pictures, and the first one is chosen. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (files.some(({ name }) => isModelFile(name))) return loadModel(choiceOfFiles(files));
  const [first, ...more] = await addPictures(files);
  if (first === undefined) return;
  choose(first.id);
  if (more.length > 0) notify(`${more.length + 1} pictures were added.`);
}
