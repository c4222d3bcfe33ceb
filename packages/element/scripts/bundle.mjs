// node scripts/bundle.mjs: dist/bundle, the element and its worker with all that they need, for pages without a bundler.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
rmSync(`${dist}bundle`, { recursive: true, force: true });
mkdirSync(`${dist}bundle`, { recursive: true });

// Each by itself: what page and worker share would come into the page with all that only the worker needs of it. What a page needs for tensors
// of its own, TensorFlow.js with it, comes when it asks for them; nothing else that is imported later is within its reach. Names of functions,
// which some errors of TensorFlow.js say, are kept in the worker.
await bundle('munit-translator', `${dist}define.js`, {
  keepNames: false,
  plugins: [{ name: 'later imports apart', setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path: path.endsWith('/tensors.js') ? './tensors.js' : path, external: true } : undefined)) }],
});
await bundle('tensors', fileURLToPath(new URL('images/tensors.js', import.meta.resolve('@munit/infer'))), { keepNames: true });
await bundle('translator.worker', `${dist}model/translator.worker.js`, { keepNames: true });

/** @param {string} name @param {string} source @param {Pick<import('esbuild').BuildOptions, 'keepNames' | 'plugins'>} options */
async function bundle(name, source, options) {
  const { outputFiles, metafile } = await build({
    ...options,
    // Names in the output are relative to this folder, wherever the script is called from.
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: { [name]: source },
    outdir: `${dist}bundle`,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022'],
    charset: 'utf8',
    minify: true,
    legalComments: 'linked',
    logLevel: 'warning',
    // Behind `await import()`, in Node only.
    external: ['node:*'],
    write: false,
    metafile: true,
  });
  const used = reached(metafile.outputs, `${name}.js`);
  for (const { path, contents } of outputFiles) if (used.has(basename(path).replace('.LEGAL.txt', ''))) writeFileSync(path, contents);
}

/**
 * The files that a page or worker can come to fetch; esbuild also writes those of imports that it has left out.
 * @param {import('esbuild').Metafile['outputs']} outputs @param {string} entry
 */
function reached(outputs, entry) {
  const imports = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output.imports.map((one) => basename(one.path))]));
  const used = new Set([entry]);
  // A set that grows while it is walked is walked to its end.
  for (const name of used) for (const next of imports.get(name) ?? []) used.add(next);
  return used;
}
