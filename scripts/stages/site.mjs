import { join } from 'node:path';
import { exec } from '../lib/exec.mjs';
import { cache, inRoot } from '../lib/paths.mjs';
import { digest, isStamped, stamp, unstamp } from '../lib/stamp.mjs';
import { publishable } from '../lib/workspace.mjs';

/** @typedef {import('./checks.mjs').StageResult} StageResult */

/**
 * The site is built, with a page for the exports of each package; no link in it is dead, and its search finds what people look for.
 * @returns {Promise<StageResult>}
 */
export async function siteStage() {
  const stampFile = join(cache, 'test', 'site');
  const pages = ['guide', 'inside', 'scripts', '.vitepress/config.ts', '.vitepress/theme', 'package.json', 'tsconfig.json', 'index.md', 'bench.md', 'devices.md', 'glossary.md', 'more-machines.md'].map((name) => inRoot('docs', name));
  const wanted = digest([...pages, ...publishable().flatMap(({ path }) => [join(path, 'src'), join(path, 'package.json'), join(path, 'README.md')]), inRoot('pnpm-lock.yaml')], [process.version]);
  if (isStamped(stampFile, wanted)) return { ok: true, note: 'unchanged since it passed' };
  unstamp(stampFile);
  const { code, output } = await exec(process.execPath, [inRoot('docs', 'scripts', 'build.mjs')], { minutes: 10 });
  if (code !== 0) return { ok: false, output };
  stamp(stampFile, wanted);
  return { ok: true };
}
