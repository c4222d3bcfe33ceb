// node scripts/weigh.mjs: what a first visit fetches before any model, compressed; fails above the budget, and where WebKit would fail.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 500;

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const assets = readdirSync(`${dist}assets`);
const page = readFileSync(`${dist}index.html`, 'utf8');

/** @param {string} text */
const named = (text) => assets.filter((name) => text.includes(name));
/** @param {string} name */
const read = (name) => readFileSync(`${dist}assets/${name}`, 'utf8');
/** @param {string} text The names in `import … from` and `import '…'`, but not in `import(…)`. */
const staticImports = (text) => named([...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map((match) => match[1]).join(' '));

/**
 * @param {readonly string[]} roots
 * @param {(text: string) => string[]} follow
 */
function reachable(roots, follow) {
  const found = new Set(roots);
  for (const name of found) if (name.endsWith('.js')) for (const next of follow(read(name))) found.add(next);
  return found;
}

const ofPage = reachable(named(page), staticImports);
// A worker takes what its device needs: all of it is counted, whichever device that is.
const workers = [...ofPage].flatMap((name) => named(read(name)).filter((other) => other.startsWith('translator.worker-')));
const all = new Set([...ofPage, ...reachable(workers, named)]);

const rows = [{ name: 'index.html', bytes: gzipSync(page).length }, ...[...all].map((name) => ({ name, bytes: gzipSync(read(name)).length }))];
const total = rows.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
if (process.argv.includes('--list')) for (const { name, bytes } of rows) console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${name}`);
console.log(`First load without a model: ${total.toFixed(0)} kB compressed (at most ${BUDGET_KB}).`);
if (total > BUDGET_KB || workers.length === 0) {
  console.error(workers.length === 0 ? 'The worker was not found among the built files.' : 'That is too much: see node scripts/weigh.mjs --list.');
  process.exit(1);
}

// WebKit runs a worker's own file twice when another file imports it (see vite.config.ts).
const started = assets.filter((name) => name.endsWith('.js')).flatMap((name) => [...read(name).matchAll(/new URL\("([^"]+\.worker-[^"]+)"/g)].map((match) => match[1]));
const imported = assets.filter((name) => name.endsWith('.js') && staticImports(read(name)).some((other) => started.includes(other)));
if (imported.length > 0 || started.length === 0) {
  console.error(started.length === 0 ? 'No file starts a worker.' : `The own file of a worker is imported by ${imported.join(', ')}.`);
  process.exit(1);
}
