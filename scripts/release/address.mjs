import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { publishable } from '../lib/workspace.mjs';

/**
 * Where the repository lies. The one place that says it is `repository` in the root's package.json, an address such as
 * `https://github.com/owner/name`; every published package gets its `repository`, `homepage` and `bugs` from there.
 * @returns {string | undefined} Without a trailing slash or `.git`; nothing while the repository has no public address.
 */
export function repositoryAddress() {
  /** @type {{ repository?: unknown }} */
  const { repository } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return parseAddress(repository);
}

/**
 * @param {unknown} repository As the root's package.json says it.
 * @returns {string | undefined} Nothing for a field that is absent or empty.
 */
export function parseAddress(repository) {
  if (repository === undefined || repository === '') return undefined;
  const address = typeof repository === 'string' ? repository.replace(/^git\+/, '').replace(/(\.git|\/)+$/, '') : '';
  // npm compares it with where a release was built.
  if (!/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(address)) throw new Error(`"repository" in package.json is ${JSON.stringify(repository)}; it must be a text such as "https://github.com/owner/name", or be left out.`);
  return address;
}

/**
 * What a package's manifest says about the repository, by key.
 * @param {string | undefined} address @param {string} folder The package's, relative to the root.
 */
export const addressFields = (address, folder) =>
  address === undefined
    ? {}
    : {
        repository: { type: 'git', url: `git+${address}.git`, directory: folder },
        homepage: `${address}/tree/main/${folder}#readme`,
        bugs: `${address}/issues`,
      };

/**
 * A manifest with these fields, after `author`, in place of what it said before.
 * @param {Record<string, unknown>} manifest @param {string | undefined} address @param {string} folder
 */
export function withAddress(manifest, address, folder) {
  const others = Object.entries(manifest).filter(([key]) => !['repository', 'homepage', 'bugs'].includes(key));
  const at = others.findIndex(([key]) => key === 'author') + 1;
  return Object.fromEntries([...others.slice(0, at), ...Object.entries(addressFields(address, folder)), ...others.slice(at)]);
}

/** Writes the address into the manifests of all published packages; returns the folders of those that changed. @param {string} root */
export function stampAddress(root) {
  const address = repositoryAddress();
  return publishable().flatMap(({ folder }) => {
    const file = join(root, folder, 'package.json');
    const before = readFileSync(file, 'utf8');
    const manifest = /** @type {Record<string, unknown>} */ (JSON.parse(before));
    const after = `${JSON.stringify(withAddress(manifest, address, folder), undefined, 2)}\n`;
    if (after === before) return [];
    writeFileSync(file, after);
    return [folder];
  });
}
