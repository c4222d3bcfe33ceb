import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { inRoot } from '../lib/paths.mjs';

/** @typedef {import('./check.mjs').Violation} Violation */

const isPath = /^(?:\.{0,2}\/)?(?:[\w.@-]+\/)+[\w.@-]*$|^[\w.-]+\.(?:ts|tsx|mjs|md|json|jsonc|yaml|png|webp)$/;
const topFolders = /^(packages|apps|bench|docs|scripts|containers|\.ci|\.changeset)(\/|$)/;

/**
 * Paths of this repository that a Markdown file names, in code or as a link, and that are not there; what a build makes is left out.
 * @param {readonly { path: string, text: string }[]} documents
 * @param {(path: string) => boolean} [exists]
 * @returns {Violation[]}
 */
export function missingPaths(documents, exists = (path) => existsSync(inRoot(path))) {
  return documents.flatMap(({ path, text }) => {
    const folder = posix.dirname(path);
    /** @type {Violation[]} */
    const missing = [];
    for (const [number, line] of withoutFences(text).split('\n').entries()) {
      const links = [...line.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)|(?:src|href)="([^"#]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
      const code = [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
      const named = [
        ...links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => posix.join(folder, link)),
        ...code.filter((word) => isPath.test(word) && topFolders.test(word)),
      ];
      for (const target of named) {
        if (!exists(sourceOf(target)) && !/(^|\/)dist(\/|$)/.test(target)) missing.push({ key: `${path} ${target}`, text: `${path}:${number + 1} names ${target}, which does not exist.` });
      }
    }
    return missing;
  });
}

/** The site's page of a package is made of its README, and its model and drawing are the studio's. @param {string} path */
const sourceOf = (path) =>
  path
    .replace(/^docs\/packages\/([\w-]+)\.md$/, 'packages/$1/README.md')
    .replace(/^docs\/live\/model\//, 'apps/studio/public/models/animals/')
    .replace(/^docs\/live\/drawing\.png$/, 'apps/studio/public/samples/animal-a1.png');

/** Fenced code with its lines emptied. @param {string} text */
const withoutFences = (text) => text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''));
