import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache, inRoot } from '../lib/paths.mjs';
import { digest, isStamped, stamp, unstamp } from '../lib/stamp.mjs';
import { publishable } from '../lib/workspace.mjs';
import { install } from '../packaging/consumer.mjs';
import { checkContents } from '../packaging/contents.mjs';
import { importEntries } from '../packaging/importing.mjs';
import { lintTarballs } from '../packaging/lint.mjs';
import { checkManifests } from '../packaging/manifests.mjs';
import { pack } from '../packaging/pack.mjs';
import { runServerBundles } from '../packaging/serverBundle.mjs';
import { measure } from '../packaging/size.mjs';

/** @typedef {import('./checks.mjs').StageResult} StageResult */

/**
 * What a user gets: each package packed, its manifest and types examined, installed with npm beside the others in an empty project
 * (without any optional peer), imported, typed, and measured against its budget.
 * @returns {Promise<StageResult>}
 */
export async function packagesStage() {
  const packages = publishable();
  const stampFile = join(cache, 'test', 'packages');
  // What `files` names is packed, and npm adds the other two.
  const inputs = packages.flatMap(({ path, manifest }) => ['package.json', 'README.md', ...(manifest.files ?? [])].map((name) => join(path, name)));
  const wanted = digest([...inputs, inRoot('scripts', 'packaging'), inRoot('pnpm-lock.yaml')], [process.version]);
  if (isStamped(stampFile, wanted)) return { ok: true, note: 'unchanged since they passed' };
  unstamp(stampFile);

  const folder = mkdtempSync(join(tmpdir(), 'munit-packages-'));
  try {
    const tarballs = join(folder, 'tarballs');
    mkdirSync(tarballs);
    const packed = await pack(packages, tarballs);
    const problems = [...packed.problems, ...(await lintTarballs(packed.tarballs))];
    const consumer = join(folder, 'consumer');
    const installed = await install(consumer, packed.tarballs);
    problems.push(...installed);
    const sizes = { problems: /** @type {string[]} */ ([]), table: '' };
    if (installed.length === 0) {
      problems.push(...checkContents(consumer, packages), ...checkManifests(consumer, packages), ...(await importEntries(consumer, packages)), ...(await runServerBundles(consumer)));
      Object.assign(sizes, await measure(consumer, packages));
      problems.push(...sizes.problems);
    }
    if (problems.length > 0) return { ok: false, output: [sizes.table, ...problems].filter(Boolean).join('\n') };
    stamp(stampFile, wanted);
    return { ok: true, note: `${packages.length} packages` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
