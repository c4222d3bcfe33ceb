import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a package must hold, and what must not have slipped in.
 * @param {string} folder The project in which they are installed.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 */
export function checkContents(folder, packages) {
  return packages.flatMap(({ manifest: { name } }) => {
    const files = readdirSync(join(folder, 'node_modules', name), { recursive: true, encoding: 'utf8' });
    const missing = ['LICENSE', 'README.md']
      .filter((file) => !files.includes(file))
      .map((file) => `${name}: the package has no ${file}.`);
    const strays = files
      .filter((file) => /\.(test|bench)\.|\.tsbuildinfo$|\.safetensors$|^dist[\\/]testing[\\/]|(^|[\\/])\.turbo([\\/]|$)/.test(file))
      .map((file) => `${name}: ${file} does not belong in the package.`);
    return [...missing, ...strays];
  });
}
