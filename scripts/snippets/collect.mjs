import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { publishable } from '../lib/workspace.mjs';

/** @typedef {{ page: string, line: number, language: string, code: string, folder: string }} Snippet `folder`: from where its imports are resolved. */

const languages = new Set(['ts', 'tsx', 'js', 'jsx']);

/** The code of the root's README, of each published package's pages and of the site's. @returns {Snippet[]} */
export function collectSnippets() {
  const packages = publishable();
  // The command depends on nearly everything that a page of the site may show.
  const pages = [
    { page: 'README.md', folder: 'packages/cli' },
    ...markdown('docs').map((page) => ({ page, folder: 'packages/cli' })),
    ...packages.flatMap(({ folder }) => [`${folder}/README.md`, ...markdown(`${folder}/docs`)].map((page) => ({ page, folder }))),
  ];
  return pages.flatMap(({ page, folder }) => snippetsOf(readFileSync(join(root, page), 'utf8')).map((snippet) => ({ ...snippet, page, folder })));
}

/** Fenced code in a language that can be checked. @param {string} text @returns {{ line: number, language: string, code: string }[]} */
export function snippetsOf(text) {
  return [...text.matchAll(/^```(\w+)[^\n]*\n([^]*?)^```/gm)].flatMap(({ 1: language = '', 2: code = '', index }) =>
    languages.has(language) ? [{ line: text.slice(0, index).split('\n').length + 1, language, code }] : [],
  );
}

/** Pages that are written: the site's build copies others below docs/packages and docs/api. @param {string} folder @returns {string[]} */
function markdown(folder) {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|\.vitepress|api|packages)\//.test(path))
      .map((path) => `${folder}/${path}`);
  } catch {
    return [];
  }
}
