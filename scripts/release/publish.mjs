import { exec } from '../lib/exec.mjs';
import { npm } from '../lib/pnpm.mjs';

/** @typedef {{ name: string, version: string, file: string }} Release A packed package. */

/**
 * Packages in an order in which each comes after what it depends on, so that whatever is in the registry can be installed at any moment.
 * @template {{ manifest: import('../lib/workspace.mjs').Manifest }} P
 * @param {readonly P[]} packages
 * @returns {P[]}
 */
export function dependenciesFirst(packages) {
  /** @type {Set<P>} */
  const ordered = new Set();
  /** @param {P} one @param {readonly string[]} above */
  const visit = (one, above) => {
    const { name, dependencies = {}, peerDependencies = {} } = one.manifest;
    if (above.includes(name)) throw new Error(`${[...above, name].join(' → ')} depend on one another.`);
    for (const other of packages) if (other.manifest.name in { ...dependencies, ...peerDependencies }) visit(other, [...above, name]);
    ordered.add(one);
  };
  for (const one of packages) visit(one, []);
  return [...ordered];
}

/**
 * Publishes tarballs, and passes over those whose version is in the registry already, so that what failed half way can be started again.
 * @param {readonly Release[]} releases In this order.
 * @param {{ registry?: string, dryRun?: boolean, provenance?: boolean, env?: Record<string, string>, say?: (text: string) => void }} [options]
 * @returns {Promise<string[]>} What went wrong.
 */
export async function publish(releases, { registry, dryRun = false, provenance = true, env = {}, say = () => {} } = {}) {
  const where = registry === undefined ? [] : ['--registry', registry];
  for (const { name, version, file } of releases) {
    const there = dryRun ? { code: 1, output: '' } : await npm(['view', `${name}@${version}`, 'version', ...where], { env, minutes: 2 });
    if (there.code === 0 && there.output.trim() === version) {
      say(`${name}@${version} is published already.`);
      continue;
    }
    const args = ['publish', file, '--access', 'public', `--provenance=${provenance}`, '--loglevel=error', ...where, ...(dryRun ? ['--dry-run'] : [])];
    const { code, output } = await npm(args, { env, minutes: 5 });
    // What follows may depend on it.
    if (code !== 0) return [`${name}@${version} cannot be published:\n${output}`];
    say(`${name}@${version}${dryRun ? ' could be published.' : ''}`);
  }
  return [];
}

/** Git tags for what was published; `New tag:` lines are what the GitHub action of Changesets reads. @param {readonly Release[]} releases */
export async function tag(releases) {
  const problems = [];
  for (const { name, version } of releases) {
    const id = `${name}@${version}`;
    const exists = await exec('git', ['rev-parse', '--quiet', '--verify', `refs/tags/${id}`]);
    if (exists.code === 0) continue;
    const { code, output } = await exec('git', ['tag', id, '--message', id]);
    if (code === 0) console.log(`New tag: ${id}`);
    else problems.push(`git tag ${id}:\n${output}`);
  }
  return problems;
}
