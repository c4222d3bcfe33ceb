import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string[]} [files]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string> | string} [bin]
 * @property {{ exports?: Record<string, unknown> }} [publishConfig]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 *
 * @typedef {{ folder: string, path: string, manifest: Manifest }} Workspace `folder` is relative to the root, with forward slashes.
 */

/**
 * Every package of the workspace: `packages/*`, `apps/*` and `bench`, as pnpm-workspace.yaml names them.
 * @param {string} [checkout] Default: this one.
 * @returns {Workspace[]}
 */
export function workspaces(checkout = root) {
  const folders = [...children(checkout, 'packages'), ...children(checkout, 'apps'), 'bench'];
  return folders.flatMap((folder) => {
    const path = join(checkout, folder);
    const file = join(path, 'package.json');
    if (!existsSync(file)) return [];
    return [{ folder, path, manifest: /** @type {Manifest} */ (JSON.parse(readFileSync(file, 'utf8'))) }];
  });
}

/** The packages that go to the registry. */
export const publishable = () => workspaces().filter(({ manifest }) => manifest.private !== true);

/** @param {string} checkout @param {string} folder */
function children(checkout, folder) {
  const path = join(checkout, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}
