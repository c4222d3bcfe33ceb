import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { isAbsolute } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inRoot } from '../lib/paths.mjs';
import { entriesOf } from './entries.mjs';

/** @typedef {{ kB: number, node?: boolean }} Budget */

/**
 * Measures each entry's own code against `budgets.json`, and sees that what is meant for browsers imports no module of Node.
 * @param {string} folder The project in which the packages are installed.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 */
export async function measure(folder, packages) {
  /** @type {{ entries: Record<string, Budget> }} */
  const { entries: budgets } = JSON.parse(readFileSync(inRoot('scripts', 'packaging', 'budgets.json'), 'utf8'));
  /** @type {string[]} */
  const problems = [];
  const lines = [];
  const entries = packages.flatMap(({ manifest }) =>
    entriesOf(manifest).map((entry) => ({ entry, own: manifest.name })),
  );
  for (const { entry, own } of entries) {
    const { bytes, builtins } = await bundle(folder, entry, own);
    const budget = budgets[entry];
    const kB = bytes / 1000;
    lines.push(`${entry.padEnd(28)}${kB.toFixed(1).padStart(8)} kB gzip of ${budget?.kB ?? '?'}`);
    if (!budget)
      problems.push(
        `${entry} (${kB.toFixed(1)} kB) has no size budget: give it one in scripts/packaging/budgets.json.`,
      );
    else if (kB > budget.kB)
      problems.push(
        `${entry} is ${kB.toFixed(1)} kB, over its budget of ${budget.kB} kB: make it smaller, or raise the budget and say why.`,
      );
    if (budget && !budget.node && builtins.length > 0)
      problems.push(`${entry} is meant for browsers too, and imports ${builtins.join(', ')}.`);
  }
  const gone = Object.keys(budgets).filter((name) => !entries.some(({ entry }) => entry === name));
  problems.push(...gone.map((name) => `${name} has a size budget and no such entry is published.`));
  return { problems, table: lines.join('\n') };
}

/** @param {string} folder @param {string} entry @param {string} own The entry's package: everything else stays outside. */
async function bundle(folder, entry, own) {
  /** @type {Set<string>} */
  const builtins = new Set();
  const result = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['import'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'own-code-only',
        setup(bundler) {
          bundler.onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
            if (path.startsWith('#') || path === own || path.startsWith(`${own}/`) || isAbsolute(path)) return undefined;
            // A module of Node behind `await import()` is reached in Node only.
            if (isBuiltin(path) && kind !== 'dynamic-import') builtins.add(path);
            return { path, external: true };
          });
        },
      },
    ],
  });
  return { bytes: gzipSync(result.outputFiles[0]?.contents ?? '', { level: 9 }).length, builtins: [...builtins] };
}
