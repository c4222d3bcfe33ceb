// node scripts/bundle.mjs: dist/bundle/munit.js, a translator its worker and all that both need in one file, for pages without a bundler, and
// dist/bundle/NOTICE, the licences of what it holds.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/worker/standalone.js'],
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  target: ['es2022'],
  charset: 'utf8',
  minify: true,
  // Classes say their names in errors.
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Behind `await import()`, in Node only.
  external: ['node:*'],
  banner: { js: '/*! munit (Apache-2.0), with TensorFlow.js and others: see NOTICE beside this file */' },
});
mkdirSync(join(root, 'dist/bundle'), { recursive: true });
writeFileSync(join(root, 'dist/bundle/munit.js'), outputFiles[0]?.contents ?? '');
writeFileSync(join(root, 'dist/bundle/NOTICE'), notice(Object.keys(metafile.inputs)));

/** The licence of each package of others among these files. @param {readonly string[]} inputs @returns {string} */
function notice(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(?!\(disabled\))(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []).map((path) => join(root, path)));
  const entries = [...folders].map((folder) => {
    /** @type {{ name: string, version: string, license?: string, author?: string | { name: string } }} */
    const { name, version, license = 'see its page', author = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    // The Apache License's text is that of munit's own LICENSE.
    const text = file === undefined || license === 'Apache-2.0' ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    const by = typeof author === 'string' ? author : author.name;
    return { name, text: `${name} ${version}${by === '' ? '' : `, by ${by}`}: ${license}\nhttps://www.npmjs.com/package/${name}\n${text}` };
  });
  const byName = new Map(entries.map(({ name, text }) => [name, text]));
  const head = 'munit.js holds munit, which is under the Apache License 2.0 (the file LICENSE of this package), and these packages of others:';
  return `${head}\n\n${[...byName.keys()].sort().map((name) => byName.get(name)).join('\n----\n\n')}`;
}
