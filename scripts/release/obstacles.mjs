import { exec } from '../lib/exec.mjs';
import { root } from '../lib/paths.mjs';
import { publishable } from '../lib/workspace.mjs';
import { repositoryAddress } from './address.mjs';
import { waitingChangesets } from './versions.mjs';

/** What stands in the way of publishing this checkout, each with what to do. @returns {Promise<string[]>} */
export async function obstacles() {
  const waiting = waitingChangesets(root);
  const unversioned = publishable().filter(({ manifest }) => manifest.version === '0.0.0');
  const status = await exec('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: root });
  return [
    ...(repositoryAddress() === undefined
      ? ['The packages name no repository, homepage and bugs, because this repository has no public address; npm attests the origin of a package only with one. Set "repository" in the package.json at the top to its address ("https://github.com/owner/name"), run `npm run release -- --address`, and commit.']
      : []),
    ...(waiting.length > 0 ? [`${waiting.length} changesets wait. Run \`npm run release -- --version\`, read the changelogs, and commit.`] : []),
    ...(unversioned.length > 0 && waiting.length === 0 ? [`${unversioned.length} packages are at 0.0.0, and no changeset gives them a version. Write one: \`npx changeset\`.`] : []),
    ...(status.code !== 0 || status.output.trim() !== '' ? ['The working tree differs from its last commit. Commit first: what is published must be what a tag names.'] : []),
  ];
}
