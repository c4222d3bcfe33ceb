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
    /** @type {{ filename: string, files: { path: string }[] }} */
    const packed = JSON.parse(output.slice(output.indexOf('{')));
    tarballs.push({ name: manifest.name, file: packed.filename.includes(folder) ? packed.filename : join(folder, packed.filename) });
    problems.push(...contents(manifest.name, packed.files.map((file) => file.path)));
  }
  return { tarballs, problems };
}

/** @param {string} name @param {readonly string[]} files */
function contents(name, files) {
  const missing = ['LICENSE', 'README.md'].filter((file) => !files.includes(file)).map((file) => `${name}: the package has no ${file}.`);
  const strays = files
    .filter((file) => /\.(test|bench)\.|\.tsbuildinfo$|(^|\/)(node_modules|\.turbo)\//.test(file))
    .map((file) => `${name}: ${file} does not belong in the package.`);
  return [...missing, ...strays];
}
