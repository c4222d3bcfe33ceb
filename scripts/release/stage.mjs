import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exec } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { workspaces } from '../lib/workspace.mjs';
import { applyChangesets, waitingChangesets } from './versions.mjs';

const manifests = /(^|\/)(package\.json|CHANGELOG\.md)$|^(\.changeset\/|pnpm-workspace\.yaml$)/;

/**
 * A copy of this checkout as it will be when it is released: with what was built, and with the waiting changesets applied. The checkout itself stays
 * as it is.
 * @param {string} folder An empty folder.
 * @param {{ manifestsOnly?: boolean }} [options] `manifestsOnly`: only what versions and changelogs are made from, which is quick.
 * @returns {Promise<{ packages: import('../lib/workspace.mjs').Workspace[], problems: string[] }>} The published packages, in the copy.
 */
export async function stage(folder, { manifestsOnly = false } = {}) {
  const listed = await exec('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: inRoot() });
  if (listed.code !== 0) return { packages: [], problems: [`The files of this checkout cannot be listed, which takes git:\n${listed.output}`] };
  const tracked = listed.output.split('\0').filter((path) => path !== '' && (!manifestsOnly || manifests.test(path)));
  const ignored = manifestsOnly ? [] : workspaces().flatMap(({ folder }) => [`${folder}/dist`, `${folder}/node_modules`]);
  for (const path of [...tracked, ...ignored]) {
    if (!existsSync(inRoot(path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Links to packages stay what they are: they lead to the copies.
    cpSync(inRoot(path), join(folder, path), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(inRoot('node_modules'), join(folder, 'node_modules'), 'junction');

  if (waitingChangesets(folder).length > 0) {
    // Changesets looks for the commits that have added its files.
    const identity = ['-c', 'user.name=munit', '-c', 'user.email=munit@localhost', '-c', 'commit.gpgsign=false'];
    for (const args of [['init', '--quiet', '--initial-branch=main'], ['add', '--all'], [...identity, 'commit', '--quiet', '--no-verify', '--message=staged']]) {
      const { code, output } = await exec('git', args, { cwd: folder });
      if (code !== 0) return { packages: [], problems: [`git ${args.at(-1)}:\n${output}`] };
    }
    const { code, output } = await applyChangesets(folder);
    if (code !== 0) return { packages: [], problems: [`The changesets cannot be applied:\n${output}`] };
  }
  return { packages: workspaces(folder).filter(({ manifest }) => manifest.private !== true), problems: [] };
}
