// The service worker of the built studio: bundled by itself, with the list of the files that it keeps. A plugin of vite.config.ts.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../src/offline/sw.ts', import.meta.url));

/** Beside the page and what it imports: samples of the first model, and what an installed page shows. */
const besides = /^(start\.css|favicon\.svg|icon-\d+\.png|manifest\.webmanifest|samples\/animal-.*\.png|models\/[^/]+\/picture\.webp)$/;

/** What is larger is not fetched for those who never use it: the network that evaluates. In bytes. */
const MOST = 3e6;

/**
 * What the page may ever fetch of its own: all that is named in it, and in what is named there. The demo page and its parts are not.
 * @param {string} dist
 */
function filesOf(dist) {
  const assets = readdirSync(join(dist, 'assets'));
  const found = new Set(['index.html']);
  for (const file of found) {
    if (!/\.(html|js|css)$/.test(file)) continue;
    const text = readFileSync(join(dist, file), 'utf8');
    for (const name of assets) if (text.includes(name) && statSync(join(dist, 'assets', name)).size <= MOST) found.add(`assets/${name}`);
  }
  const others = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).filter((path) => besides.test(path));
  return [...found, ...others].sort();
}

/** @param {string} dist @returns {{ url: string, revision: string | null }[]} */
export function precacheList(dist) {
  return filesOf(dist).map((url) => ({
    url,
    // The names of the others change with their contents.
    revision: url.startsWith('assets/') ? null : createHash('sha256').update(readFileSync(join(dist, url))).digest('hex').slice(0, 16),
  }));
}

/** @param {string} dist */
export async function writeServiceWorker(dist) {
  await build({
    entryPoints: [source],
    outfile: join(dist, 'sw.js'),
    bundle: true,
    minify: true,
    // Not every browser takes modules here.
    format: 'iife',
    target: ['es2022'],
    define: { STUDIO_FILES: JSON.stringify(precacheList(dist)), 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  });
}
