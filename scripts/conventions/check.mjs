import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { repeatedDeclarations } from './declarations.mjs';
import { packageEntries, undocumentedExports } from './documentation.mjs';
import { folderCycles } from './folderCycles.mjs';
import { misplacedFiles } from './layout.mjs';
import { missingPaths } from './readmes.mjs';
import { filesBelow, sources } from './sources.mjs';
import { visibleTexts } from './visible.mjs';
import { unidiomaticPhrases } from './words.mjs';

/**
 * What breaks a convention: `key` is the same wherever in its package it moves, `text` says where it is and what to do.
 * @typedef {{ key: string, text: string }} Violation
 */

/** Violations that are known and on their way out: one a line. It only shrinks. */
const allowedFile = inRoot('scripts', 'conventions', 'allowed.txt');

/**
 * The conventions of CONTRIBUTING.md that a program can check.
 * @returns {Record<string, Violation[]>} violations by convention
 */
export function violations() {
  const code = sources();
  const files = ['packages', 'apps', 'bench'].flatMap(filesBelow);
  const documents = ['README.md', 'CONTRIBUTING.md', ...['packages', 'apps', 'bench', 'docs', '.changeset'].flatMap(filesBelow)]
    .filter((path) => path.endsWith('.md') && !path.startsWith('apps/studio/public/'))
    .map((path) => ({ path, text: readFileSync(inRoot(path), 'utf8') }));
  const packages = packageEntries();
  const entries = new Set(packages.flatMap((one) => one.entries));
  return {
    'folder-cycles': folderCycles(code),
    'one-declaration': repeatedDeclarations(code),
    documented: undocumentedExports(packages),
    words: unidiomaticPhrases(code, documents),
    tables: visibleTexts(code),
    layout: misplacedFiles(files, entries),
    paths: missingPaths(documents),
  };
}

/**
 * Which violations are new, and which allowances nothing needs any more.
 * @param {Record<string, readonly Violation[]>} found
 * @param {readonly string[]} allowed
 */
export function judge(found, allowed) {
  const known = new Set(allowed);
  const all = Object.entries(found).flatMap(([convention, list]) =>
    list.map(({ key, text }) => ({ line: `${convention}\t${key}`, text: `${convention}: ${text}` })),
  );
  const lines = new Set(all.map(({ line }) => line));
  return {
    broken: all.filter(({ line }) => !known.has(line)).map(({ text }) => text),
    lines: [...lines].sort(),
    stale: [...known].filter((line) => !lines.has(line)),
  };
}

/**
 * Checks the conventions.
 * @param {{ prune?: boolean }} [options] `prune` strikes allowances that nothing needs any more from the list
 * @returns {{ broken: string[], stale: string[] }}
 */
export function checkConventions({ prune = false } = {}) {
  const allowed = existsSync(allowedFile) ? readFileSync(allowedFile, 'utf8').split('\n').filter(Boolean) : [];
  const { broken, stale } = judge(violations(), allowed);
  if (prune) writeFileSync(allowedFile, allowed.filter((line) => !stale.includes(line)).map((line) => `${line}\n`).join(''));
  return { broken, stale };
}
