/** Which files to translate, and what their results are called. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, parse, relative, resolve, sep } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';

/** One input, and where its results go: without an ending, relative to the folder of results. */
export interface Input {
  readonly path: string;
  /** With `/` on every system: the name by which its random styles are drawn. */
  readonly name: string;
  readonly stem: string;
}

const IMAGE = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Image files of a folder and its folders, in the order of their names; hidden ones and `skip` are left out. */
async function walk(folder: string, skip: string): Promise<string[]> {
  if (resolve(folder) === skip) return [];
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isDirectory() === true && !entry.isSymbolicLink()) found.push(...(await walk(path, skip)));
    else if (kind?.isFile() === true && IMAGE.test(entry.name)) found.push(path);
  }
  return found;
}

/** Two inputs that would give results of one name keep their endings: `x.jpg` and `x.png`. */
function named(files: readonly { readonly path: string; readonly name: string }[]): Input[] {
  const stemOf = (name: string): string => name.slice(0, name.length - parse(name).ext.length);
  const times = new Map<string, number>();
  for (const { name } of files) times.set(stemOf(name).toLowerCase(), (times.get(stemOf(name).toLowerCase()) ?? 0) + 1);
  const inputs = files.map(({ path, name }) => ({ path, name, stem: times.get(stemOf(name).toLowerCase()) === 1 ? stemOf(name) : name }));
  const names = new Map<string, string>();
  for (const { path, stem } of inputs) {
    const other = names.get(stem.toLowerCase());
    if (other !== undefined) throw new ArgumentError(`${other} and ${path} would give results of the same name.`, { remedy: 'Translate them into different folders.' });
    names.set(stem.toLowerCase(), path);
  }
  return inputs;
}

/**
 * Files as they are given, folders with all that is in them; results keep a folder's structure.
 * @throws DataError when something is not there or nothing was found; ArgumentError when two results would have one name
 */
export async function listInputs(inputs: readonly string[], out: string): Promise<Input[]> {
  const files: { path: string; name: string }[] = [];
  for (const given of inputs) {
    const found = await stat(given).catch((cause: unknown) => {
      throw new DataError(`${given} does not exist.`, { cause, remedy: 'Give image files or folders of them.' });
    });
    if (resolve(given) === resolve(out)) throw new ArgumentError(`${given} is the folder of inputs and of results.`, { remedy: 'Give another folder for the results.' });
    if (!found.isDirectory()) files.push({ path: given, name: basename(given) });
    else for (const path of await walk(given, resolve(out))) files.push({ path, name: relative(given, path).split(sep).join('/') });
  }
  if (files.length === 0) throw new DataError(`There are no images in ${inputs.join(', ')}.`, { remedy: 'Give image files (JPEG, PNG, WebP, TIFF, GIF, AVIF) or folders of them.' });
  return named(files);
}
