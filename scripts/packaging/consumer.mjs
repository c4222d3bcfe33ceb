import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../lib/pnpm.mjs';

/**
 * Installs the tarballs with npm in an empty project, as a user would.
 * @param {string} folder
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 */
export async function install(folder, tarballs) {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }, undefined, 2),
  );
  const { code, output } = await npm(['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
    cwd: folder,
    minutes: 10,
  });
  return code === 0 ? [] : [`The packed packages cannot be installed with npm:\n${output}`];
}
