/** The command and the libraries in a few files: they start in a third of the time of the packages, and need no build of those. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { cache, inRoot } from '../lib/paths.mjs';

/**
 * `main` is the command; `library` what campaigns call in their own process.
 * @typedef {{ main: string, library: typeof import('./library.js'), folder: string }} Munit
 */

/** Packages with files of their own, and the package whose dependency they are. */
const outside = { sharp: 'data', uplot: 'train' };

/** Bundles munit from its sources into a folder of this process, which is deleted when it ends. @returns {Promise<Munit>} */
export async function bundleMunit() {
  const folder = join(cache, 'campaign', String(process.pid));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'munit', 'node_modules'), { recursive: true });
  for (const [name, owner] of Object.entries(outside)) {
    symlinkSync(inRoot('packages', owner, 'node_modules', name), join(folder, 'munit', 'node_modules', name), 'junction');
  }
  // Both are asked for their version, by paths relative to the source that asks.
  for (const place of [folder, join(folder, 'munit')]) {
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'munit', version: '0.0.0', type: 'module' }));
  }
  const dist = join(folder, 'munit', 'dist');
  await build({
    entryPoints: {
      main: inRoot('packages/cli/src/main.ts'),
      library: inRoot('scripts/campaign/library.ts'),
      // Started by their address.
      readerThread: inRoot('packages/data/src/node/reader/readerThread.ts'),
      decodeWorker: inRoot('packages/data/src/node/decode/decodeWorker.ts'),
    },
    outdir: dist,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@munit/source'],
    external: [...Object.keys(outside), 'webgpu', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'error',
  });
  /** @type {typeof import('./library.js')} */
  const library = await import(new URL(`file://${join(dist, 'library.js')}`).href);
  return { main: join(dist, 'main.js'), library, folder };
}
