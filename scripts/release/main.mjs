// npm run release                    publishes what `--version` has prepared, and tags it
// npm run release -- --version      applies the waiting changesets: versions, changelogs, examples
// npm run release -- --address      writes the repository's address (`repository` in package.json) into the packages
// npm run release -- --dry-run      does all but publish, in a copy of this checkout
// npm run release -- --rehearse     publishes a copy of this checkout into a registry on this machine, and uses it as a stranger would;
//                                   `--only NAME` takes those strangers whose names contain all the names given,
//                                   `--skip NAME` leaves out those whose names contain one of them
import '../lib/check-node.mjs';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../lib/build.mjs';
import { root } from '../lib/paths.mjs';
import { bold, fail, say } from '../lib/say.mjs';
import { publishable } from '../lib/workspace.mjs';

const { values } = parseArgs({
  options: { version: { type: 'boolean' }, address: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, rehearse: { type: 'boolean' }, only: { type: 'string', multiple: true }, skip: { type: 'string', multiple: true } },
});

await bootstrap();
// What follows needs what was installed.
const { stampAddress } = await import('./address.mjs');
const { newestEntries, packReleases } = await import('./inspect.mjs');
const { obstacles } = await import('./obstacles.mjs');
const { publish, tag } = await import('./publish.mjs');
const { rehearse } = await import('./rehearse.mjs');
const { stage } = await import('./stage.mjs');
const { applyChangesets } = await import('./versions.mjs');

if (values.address === true) {
  const changed = stampAddress(root);
  say(changed.length > 0 ? `Written into ${changed.join(', ')}.` : 'All packages have it already.');
} else if (values.version === true) {
  const { code, output } = await applyChangesets(root);
  if (code !== 0) fail('The changesets cannot be applied.', output);
  say(newestEntries(publishable()));
} else if (values['dry-run'] === true || values.rehearse === true) await inCopy(values.rehearse === true);
else await release();

/** @param {boolean} rehearsing */
async function inCopy(rehearsing) {
  await built();
  const folder = mkdtempSync(join(tmpdir(), 'munit-release-'));
  try {
    const copy = await stage(join(folder, 'checkout'));
    stopAt(copy.problems);
    const { releases, problems } = await packReleases(copy.packages, subfolder(folder, 'tarballs'));
    stopAt(problems);
    if (rehearsing) stopAt(await rehearse(releases, { checkout: join(folder, 'checkout'), folder: subfolder(folder, 'rehearsal'), only: values.only, skip: values.skip }));
    else {
      say(newestEntries(copy.packages));
      stopAt(await publish(releases, { dryRun: true, provenance: false, say }));
      const remaining = await obstacles();
      if (remaining.length > 0) say([bold('\nBefore the release itself:'), ...remaining.map((text) => `- ${text}`)].join('\n'));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function release() {
  stopAt(await obstacles());
  // What an earlier version left in dist must not travel.
  for (const { path } of publishable()) for (const made of ['dist', 'tsconfig.tsbuildinfo']) rmSync(join(path, made), { recursive: true, force: true });
  await built();
  const folder = mkdtempSync(join(tmpdir(), 'munit-release-'));
  try {
    const { releases, problems } = await packReleases(publishable(), subfolder(folder, 'tarballs'));
    stopAt(problems);
    stopAt(await publish(releases, { say }));
    stopAt(await tag(releases));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function built() {
  const { code, output } = await build();
  if (code !== 0) fail('The build failed.', output);
}

/** @param {readonly string[]} problems */
function stopAt(problems) {
  if (problems.length > 0) fail('Nothing more is done.', problems.join('\n'));
}

/** @param {string} folder @param {string} name */
function subfolder(folder, name) {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}
