// node scripts/bundle.mjs: dist/bundle, the element and its worker with all that they need, for pages without a bundler.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
rmSync(`${dist}bundle`, { recursive: true, force: true });

await build({
  // Names in the output are relative to this folder, wherever the script is called from.
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: { 'munit-translator': `${dist}define.js`, 'translator.worker': `${dist}model/translator.worker.js` },
  outdir: `${dist}bundle`,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022'],
  charset: 'utf8',
  minify: true,
  // Classes say their names in errors.
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Behind `await import()`, in Node only.
  external: ['node:*'],
});
