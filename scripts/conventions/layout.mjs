import { isTest } from './sources.mjs';

/** @typedef {import('./check.mjs').Violation} Violation */

const leastFiles = 3;

/**
 * Folders below a `src` that may hold fewer files, and why.
 * @type {Readonly<Record<string, string>>}
 */
export const smallFolders = {
  // What lies in `src/testing` is for tests alone: lint and builds know it by this name.
  'packages/backend-simd/src/testing': 'for tests alone',
};

/**
 * A file answers one question and a folder holds several of them: `index.ts` is the door of a package, not of every folder, and a folder
 * of one or two files is a name too many. Tests, style sheets and sub-folders count as entries of a folder.
 * @param {readonly string[]} files All files of the workspace, relative to the root.
 * @param {ReadonlySet<string>} entries The entry files of packages.
 * @param {Readonly<Record<string, string>>} [exceptions]
 * @returns {Violation[]}
 */
export function misplacedFiles(files, entries, exceptions = smallFolders) {
  const indexes = files.filter((path) => /\/index\.tsx?$/.test(path) && !entries.has(path) && !isTest(path));
  /** @type {Map<string, Set<string>>} */
  const folders = new Map();
  for (const path of files) {
    const parts = path.split('/');
    const src = parts.indexOf('src');
    if (src < 0) continue;
    for (let depth = src + 1; depth < parts.length - 1; depth++) {
      const folder = parts.slice(0, depth + 1).join('/');
      folders.set(folder, (folders.get(folder) ?? new Set()).add(parts[depth + 1] ?? ''));
    }
  }
  const small = [...folders].filter(([folder, held]) => held.size < leastFiles && !Object.hasOwn(exceptions, folder));
  const needless = Object.keys(exceptions).filter((folder) => (folders.get(folder)?.size ?? leastFiles) >= leastFiles);
  return [
    ...indexes.map((path) => ({
      key: path,
      text: `${path}: index.ts is the entry of a package. Name the file after what it holds, and import it from where it lies.`,
    })),
    ...small.map(([folder, held]) => ({
      key: folder,
      text: `${folder} holds ${held.size} of at least ${leastFiles} files (${[...held].join(', ')}). Move them up, or merge them.`,
    })),
    ...needless.map((folder) => ({ key: folder, text: `${folder} is excepted in scripts/conventions/layout.mjs without need.` })),
  ];
}
