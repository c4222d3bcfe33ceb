/** Nothing that is written takes the place of something else. */
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ArgumentError } from '@munit/core';
import { identityOf, realPlace } from '@munit/formats/node';
import type { Notes } from './notes.js';

/** What is read and written, by their paths. */
export interface Paths {
  readonly inputs: readonly string[];
  /** An image file whose style is taken. */
  readonly example: string | undefined;
  readonly results: readonly string[];
  readonly grid: string | undefined;
}

/** Real places; the folders of results are few. */
function placeFinder(): (path: string) => Promise<string> {
  const folders = new Map<string, Promise<string>>();
  return async (path) => {
    const folder = dirname(path);
    let real = folders.get(folder);
    if (real === undefined) folders.set(folder, (real = realPlace(folder)));
    // The last name itself is replaced, even where it is a link.
    return join(await real, basename(path));
  };
}

const wouldReplace = (what: string, path: string, other: string): ArgumentError =>
  new ArgumentError(`${what} ${path} would replace ${other}.`, { remedy: what === 'The grid' ? 'Give another file for the grid.' : 'Give another folder for the results.' });

/** By real place and by identity, so that no link, spelling or letter case hides that two paths are one file. */
async function takenBy({ inputs, example }: Paths): Promise<ReadonlyMap<string, string>> {
  const taken = new Map<string, string>();
  const placeOf = placeFinder();
  const protect = async (path: string, what: string): Promise<void> => {
    for (const key of [await placeOf(path), await realPlace(path), await identityOf(path)]) if (key !== undefined) taken.set(key, what);
  };
  for (const path of inputs) await protect(path, 'an input');
  if (example !== undefined) await protect(example, 'the example');
  return taken;
}

/**
 * With `resume`, also that no file is in the way that munit has not written.
 * @throws ArgumentError
 */
export async function checkApart(paths: Paths, notes: Pick<Notes, 'hasClaimed'>, resume: boolean): Promise<void> {
  const taken = await takenBy(paths);
  const written = new Map<string, string>();
  const placeOf = placeFinder();
  const outputs = [...paths.results.map((path) => ['The result', path] as const), ...(paths.grid === undefined ? [] : [['The grid', paths.grid] as const])];
  for (const [what, path] of outputs) {
    const place = await placeOf(path);
    const exists = await lstat(path).then(() => true, () => false);
    const other = taken.get(place) ?? (exists ? taken.get((await identityOf(path)) ?? '') : undefined);
    if (other !== undefined) throw wouldReplace(what, path, other);
    // As on disks that do not tell upper from lower case.
    const result = written.get(place.toLowerCase());
    if (result !== undefined) throw wouldReplace(what, path, `the result ${result}`);
    written.set(place.toLowerCase(), path);
    if (!exists || !resume || notes.hasClaimed(path)) continue;
    throw new ArgumentError(`${path} is there already, and ${what === 'The grid' ? 'is not a grid' : 'is not a result'} of this folder.`, {
      remedy: { id: 'replace-file', text: 'Write to another place, move that file away, or set resume: false to replace it.' },
    });
  }
}
