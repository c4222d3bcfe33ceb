import { join } from 'node:path';
import { pnpm } from '../lib/pnpm.mjs';

/** @typedef {{ name: string, file: string }} Tarball */

/**
 * Packs every package as it would be published: pnpm writes the real versions in place of `workspace:` and `catalog:`.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 * @param {string} folder
 */
export async function pack(packages, folder) {
  /** @type {Tarball[]} */
  const tarballs = [];
  /** @type {string[]} */
  const problems = [];
  for (const { path, manifest } of packages) {
    const { code, output } = await pnpm(['pack', '--json', '--pack-destination', folder], { cwd: path });
    if (code !== 0) {
      problems.push(`${manifest.name} cannot be packed:\n${output}`);
      continue;
    }
    /** @type {{ filename: string }} */
    const packed = JSON.parse(output.slice(output.indexOf('{')));
    tarballs.push({
      name: manifest.name,
      file: packed.filename.includes(folder) ? packed.filename : join(folder, packed.filename),
    });
  }
  return { tarballs, problems };
}
