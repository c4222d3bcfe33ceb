import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of a package.json matters to those who install it. @typedef {import('../lib/workspace.mjs').Manifest & { author?: unknown, keywords?: unknown, license?: unknown, repository?: { directory?: string }, publishConfig?: { provenance?: boolean } }} Published */

/**
 * What every packed manifest must say: ranges for its dependencies, whose and what it is, and that its publication is attested.
 * @param {string} folder The project in which the packages are installed.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 */
export const checkManifests = (folder, packages) =>
  packages.flatMap(({ folder: source, manifest: { name } }) => {
    /** @type {Published} */
    const packed = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    return manifestProblems(packed, source);
  });

/**
 * @param {Published} manifest As it is published.
 * @param {string} source The package's folder in the repository.
 * @returns {string[]}
 */
export function manifestProblems(manifest, source) {
  const { name, author, keywords, license, repository, publishConfig } = manifest;
  const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
  return [
    ...dependencies.filter(([, range]) => /^=?\s*v?\d+\.\d+\.\d+[\w.+-]*$/.test(range)).map(([dependency, range]) => `depends on exactly ${dependency} ${range}: its users get no fixes of it. Write a range in the catalog of pnpm-workspace.yaml.`),
    ...dependencies.filter(([, range]) => /^(catalog|workspace|file|link|git|https?):/.test(range) || range === '*').map(([dependency, range]) => `depends on ${dependency} by ${range}, which npm cannot resolve or which says nothing.`),
    ...(typeof author === 'string' && author !== '' ? [] : ['names no author.']),
    ...(Array.isArray(keywords) && keywords.length >= 3 ? [] : ['has fewer than 3 keywords.']),
    ...(typeof license === 'string' && license !== '' ? [] : ['names no licence.']),
    ...(manifest.exports === undefined || './package.json' in manifest.exports ? [] : ['does not export ./package.json, which tools read.']),
    ...(publishConfig?.provenance === true ? [] : ['is published without provenance (publishConfig.provenance).']),
    ...(repository === undefined || repository.directory === source ? [] : [`says that it lies in ${repository.directory} of the repository, and it lies in ${source}.`]),
  ].map((problem) => `${name} ${problem}`);
}
