/** Which files to translate, and what their results are called. */
import { stat } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';
import { realPlace } from '@munit/formats/node';
import { listImages } from '@munit/images/node';

/** One input, and where its results go: without an ending, relative to the folder of results. */
export interface Input {
  readonly path: string;
  /** With `/` on every system: the name by which its random styles are drawn. */
  readonly name: string;
  readonly stem: string;
  /** Why it cannot be read, where the listing of its folder shows that. */
  readonly unusable?: string | undefined;
}

type Found = Omit<Input, 'stem'>;

const stemOf = (name: string): string => name.slice(0, name.length - parse(name).ext.length);

/** Those that are equal but for upper and lower case, by that. */
function groupsBy(files: readonly Found[], key: (file: Found) => string): Map<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const file of files) {
    const name = key(file).toLowerCase();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [file]);
    else group.push(file);
  }
  return groups;
}

/**
 * Two inputs that would give results of one name keep their endings: `x.jpg` and `x.png`. Two whose whole names differ in case only, which
 * some disks cannot keep apart, are numbered: `x.png` and `X.PNG-2`.
 */
function named(files: readonly Found[]): Input[] {
  const stems = groupsBy(files, ({ name }) => stemOf(name));
  const names = groupsBy(files, ({ name }) => name);
  return files.map((file) => {
    const { name } = file;
    if (stems.get(stemOf(name).toLowerCase())!.length === 1) return { ...file, stem: stemOf(name) };
    const twins = names.get(name.toLowerCase())!;
    const same = twins.find((other) => other !== file && other.name === name);
    if (same !== undefined) throw new ArgumentError(`${same.path} and ${file.path} would give results of the same name.`, { remedy: 'Translate them into different folders.' });
    const place = twins.map((twin) => twin.name).sort().indexOf(name);
    return { ...file, stem: place === 0 ? name : `${name}-${place + 1}` };
  });
}

async function inFolder(folder: string, out: string): Promise<Found[]> {
  if ((await realPlace(folder)) === out) throw new ArgumentError(`${folder} is the folder of inputs and of results.`, { remedy: 'Give another folder for the results.' });
  const { images, unusable } = await listImages(folder, { skip: out });
  return [
    ...images.map((name) => ({ path: join(folder, name), name })),
    ...unusable.map(({ name, reason }) => ({ path: join(folder, name), name, unusable: reason })),
  ].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/**
 * Files as they are given, folders with all that is in them but the folder of results; results keep a folder's structure.
 * @throws DataError when something is not there or nothing was found; ArgumentError when two results would have one name
 */
export async function listInputs(inputs: readonly string[], out: string): Promise<Input[]> {
  const place = await realPlace(out);
  const files: Found[] = [];
  for (const given of inputs) {
    const found = await stat(given).catch((cause: unknown) => {
      throw new DataError(`${given} does not exist${given.includes('\uFFFD') ? ', or its name is not UTF-8' : ''}.`, { cause, remedy: 'Give image files or folders of them.' });
    });
    if (found.isDirectory()) files.push(...(await inFolder(given, place)));
    else files.push({ path: given, name: basename(given) });
  }
  if (files.length === 0) throw new DataError(`There are no images in ${inputs.join(', ')}.`, { remedy: 'Give image files (JPEG, PNG, WebP, TIFF, GIF, AVIF) or folders of them.' });
  return named(files);
}
