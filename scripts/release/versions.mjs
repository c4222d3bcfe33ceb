import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../lib/exec.mjs';

/** What an empty entry of a changelog gets: all packages are released together, whether they changed or not. */
const unchanged = 'Released with the other packages of munit; nothing has changed here.';

/**
 * Applies the waiting changesets in a checkout: versions, changelogs, and the ranges by which the examples ask for munit.
 * @param {string} root The checkout's root folder, in which the workspace is installed.
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function applyChangesets(root) {
  const result = await tool('changeset', ['version'], { cwd: root });
  if (result.code !== 0) return result;
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(root, 'packages', 'core', 'package.json'), 'utf8'));
  for (const folder of folders(join(root, 'packages'))) edit(join(folder, 'CHANGELOG.md'), fillEmptyEntries);
  for (const folder of folders(join(root, 'examples'))) edit(join(folder, 'package.json'), (text) => withVersion(text, version));
  return result;
}

/** The changesets that wait in a checkout, by their file names. @param {string} root */
export const waitingChangesets = (root) => readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md');

/** A version's heading that nothing follows gets a sentence. @param {string} changelog */
export const fillEmptyEntries = (changelog) => changelog.replaceAll(/^(## \d[^\n]*)\n+(?=## |$(?![^]))/gm, `$1\n\n${unchanged}\n\n`).trimEnd() + '\n';

/** An example's manifest, with every package of munit at this version or a compatible one. @param {string} manifest @param {string} version */
export const withVersion = (manifest, version) => manifest.replaceAll(/("@munit\/[\w-]+": ")\^[^"]+"/g, `$1^${version}"`);

/** @param {string} folder */
const folders = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);

/** @param {string} file @param {(text: string) => string} change */
function edit(file, change) {
  if (!existsSync(file)) return;
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after !== before) writeFileSync(file, after);
}
