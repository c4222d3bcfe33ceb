// node scripts/bundleClient.mjs [--check]
// Bundles the page's script and style sheet (src/client) into src/generated/client.ts, so that a page can be made where there are no
// files. --check only says whether that file is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inSource = (/** @type {string} */ path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** @param {string} entry */
async function bundle(entry) {
  const { outputFiles } = await build({
    // Names in the output are relative to this folder, wherever the script is called from.
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: [inSource(entry)],
    bundle: true,
    write: false,
    format: 'iife',
    target: ['es2022'],
    charset: 'utf8',
    minifyWhitespace: entry.endsWith('.css'),
    legalComments: 'none',
  });
  const text = outputFiles[0]?.text ?? '';
  // Inside an HTML page nothing may end the element.
  if (/<\/(script|style)/i.test(text)) throw new Error(`${entry} contains an end tag.`);
  return text;
}

/** As a template literal, so that a change of one line is a change of one line. @param {string} text */
const literal = (text) => `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;

const content = `// Made by scripts/bundleClient.mjs from ../client; do not edit.

export const clientStyle = ${literal(await bundle('client/survey.css'))};

export const clientScript = ${literal(await bundle('client/main.ts'))};
`;
const target = inSource('generated/client.ts');
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== content) {
    process.stderr.write('src/generated/client.ts is out of date: run "node scripts/bundleClient.mjs".\n');
    process.exitCode = 1;
  }
} else writeFileSync(target, content);
