import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A digest of files' names and bytes; a folder stands for all files below it, a missing path for its absence.
 * @param {readonly string[]} paths
 * @param {readonly string[]} [extra] Further facts the result depends on.
 */
export function digest(paths, extra = []) {
  const hash = createHash('sha256').update(JSON.stringify(extra));
  for (const path of paths) for (const file of filesOf(path)) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesOf(path) {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => filesOf(join(path, entry.name)));
  } catch {
    return [path];
  }
}

/** @param {string} file @param {string} value */
export const isStamped = (file, value) => existsSync(file) && readFileSync(file, 'utf8') === value;

/** @param {string} file @param {string} value */
export function stamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

/** @param {string} file */
export const unstamp = (file) => rmSync(file, { force: true });
