/** Files of the page: what may be a picture, what a set is called, and a model folder on its way out. */
import { zipSync } from 'fflate';
import type { ExportedFiles } from '@munit/train/worker';
import { saveFile } from '../ui/files.js';

const extensions = /\.(jpe?g|jfif|png|webp|gif|tiff?|avif|bmp)$/i;

/** Whether a file may be a picture; what it really is shows when it is decoded. */
export const isPicture = (file: File): boolean => !file.name.startsWith('.') && (file.type.startsWith('image/') || (file.type === '' && extensions.test(file.name)));

/** A set with more images: one of the same name and size is the same image. */
export function withMore(files: readonly File[], more: readonly File[]): File[] {
  const keyOf = ({ name, size }: File): string => `${size} ${name}`;
  const known = new Set(files.map(keyOf));
  return [...files, ...more.filter((file) => !known.has(keyOf(file)))];
}

/** The folder that the files came from, or the start of their common name: a first guess. */
export function setName(files: readonly File[]): string {
  const folder = files[0]?.webkitRelativePath.split('/').at(-2) ?? '';
  return /^(train|test)?[ab]?$/i.test(folder) ? '' : folder;
}

type DirectoryPicker = (options: { readonly mode: 'readwrite'; readonly id: string }) => Promise<FileSystemDirectoryHandle>;

/** Only Chromium lets a page write into a folder that people choose. */
export const directoryPicker = (): DirectoryPicker | undefined => {
  const { showDirectoryPicker } = globalThis as { readonly showDirectoryPicker?: DirectoryPicker };
  return showDirectoryPicker?.bind(globalThis);
};

/** One archive of the model folder. The weights are stored as they are: floating-point numbers do not shrink. */
export function saveZip({ files }: ExportedFiles, name: string): void {
  const entries = Object.fromEntries([...files].map(([file, bytes]) => [`${name}/${file}`, [bytes, { level: 0 as const }] as const]));
  const zip = zipSync(Object.fromEntries(Object.entries(entries).map(([path, [bytes, options]]) => [path, [bytes, options]])));
  saveFile(new Blob([zip as Uint8Array<ArrayBuffer>], { type: 'application/zip' }), `${name}.zip`);
}

/** The model folder's files in a folder of the machine. @throws DOMException (AbortError) when the dialog is closed */
export async function saveToFolder({ files }: ExportedFiles, name: string, pick: DirectoryPicker): Promise<void> {
  const parent = await pick({ mode: 'readwrite', id: 'munit-model' });
  const folder = await parent.getDirectoryHandle(name, { create: true });
  for (const [file, bytes] of files) {
    const stream = await (await folder.getFileHandle(file, { create: true })).createWritable();
    await stream.write(bytes);
    await stream.close();
  }
}

/** `cats-to-dogs`, fit for a file name. */
export function modelName(names: { readonly a: string; readonly b: string }): string {
  const clean = (text: string): string => text.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, '').slice(0, 40);
  const [a, b] = [clean(names.a) || 'a', clean(names.b) || 'b'];
  return `${a}-to-${b}`;
}
