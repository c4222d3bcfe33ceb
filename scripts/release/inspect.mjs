import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../packaging/consumer.mjs';
import { checkContents } from '../packaging/contents.mjs';
import { lintTarballs } from '../packaging/lint.mjs';
import { checkManifests } from '../packaging/manifests.mjs';
import { pack } from '../packaging/pack.mjs';
import { dependenciesFirst } from './publish.mjs';

/** @typedef {import('../lib/workspace.mjs').Workspace} Workspace */

/**
 * Packs packages and examines the tarballs as `npm test` does: the very files that are then published.
 * @param {readonly Workspace[]} packages @param {string} folder For the tarballs, and for a project in which they are installed.
 * @returns {Promise<{ releases: import('./publish.mjs').Release[], problems: string[] }>} Dependencies first.
 */
export async function packReleases(packages, folder) {
  const { tarballs, problems } = await pack(packages, folder);
  problems.push(...(await lintTarballs(tarballs)));
  const consumer = join(folder, 'consumer');
  const installed = await install(consumer, tarballs);
  problems.push(...installed);
  if (installed.length === 0) problems.push(...checkContents(consumer, packages), ...checkManifests(consumer, packages));
  const releases = dependenciesFirst(packages).flatMap(({ manifest: { name, version } }) =>
    tarballs.filter((tarball) => tarball.name === name).map(({ file }) => ({ name, version, file })),
  );
  return { releases, problems };
}

/**
 * The newest entry of each package's changelog.
 * @param {readonly Workspace[]} packages
 * @returns {string}
 */
export const newestEntries = (packages) =>
  packages.map(({ path, manifest: { name } }) => `# ${name} ${newestEntry(readFileSync(join(path, 'CHANGELOG.md'), 'utf8'))}`).join('\n\n');

/** The first section of a changelog: its version, a blank line, its text. @param {string} changelog */
export const newestEntry = (changelog) => (changelog.split(/^## /m)[1] ?? '').trim();
