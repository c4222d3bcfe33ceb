import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-api';
import { root } from '../lib/paths.mjs';

/**
 * A TypeScript file of the workspace, parsed. `path` is relative to the root, with forward slashes.
 * @typedef {{ path: string, text: string, ast: ts.SourceFile }} Source
 */

const skipped = new Set(['node_modules', 'dist', 'generated', '.cache', '.turbo', 'runs', 'assembly']);

/** What the site's build writes: the pages of the API and of packages, and what its first page shows. */
const madeBySite = new Set(['docs/api', 'docs/packages', 'docs/public/live']);

/**
 * All files below a folder, as paths relative to the root, sorted; built, generated and installed ones left out.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (skipped.has(entry.name)) return [];
      const below = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (madeBySite.has(below)) return [];
      return entry.isDirectory() ? filesBelow(below) : [below];
    });
}

/** @param {string} path @param {string} text @returns {Source} */
export const parse = (path, text) => ({
  path,
  text,
  ast: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS),
});

/**
 * Every TypeScript file of packages, apps and bench, tests included.
 * @returns {Source[]}
 */
export const sources = () =>
  ['packages', 'apps', 'bench']
    .flatMap(filesBelow)
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')));

/** Tests and their helpers, which import and declare what they like. @param {string} path */
export const isTest = (path) => /\.test\.tsx?$/.test(path) || /^(packages|apps)\/[^/]+\/(test|bench|src\/testing)\//.test(path);

/** `packages/core` of `packages/core/src/index.ts`. @param {string} path */
export const packageOf = (path) => /^(?:packages|apps)\/[^/]+|^bench/.exec(path)?.[0] ?? '.';

/** The line of a position, counted from 1. @param {Source} source @param {number} position */
export const lineOf = ({ ast }, position) => ast.getLineAndCharacterOfPosition(position).line + 1;
