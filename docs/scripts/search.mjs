import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { boostDocument } from './boost.mjs';

/**
 * The index that the built site's search box loads, opened as the box opens it.
 * @param {string} dist
 * @returns {(words: string) => string[]} The addresses that it finds, best first.
 */
export function openSearch(dist) {
  const chunks = join(dist, 'assets', 'chunks');
  const file = readdirSync(chunks).find((name) => name.startsWith('@localSearchIndexroot'));
  if (file === undefined) throw new Error(`${chunks} holds no search index.`);
  const code = readFileSync(join(chunks, file), 'utf8');
  // One constant, a string of JSON, and its export.
  const literal = /^const \w+=('(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")/s.exec(code)?.[1];
  if (literal === undefined) throw new Error(`${file} does not hold the index as it used to.`);
  const json = literal.startsWith('"') ? /** @type {string} */ (JSON.parse(literal)) : unescaped(literal.slice(1, -1));
  const index = MiniSearch.loadJSON(json, { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'] });
  return (words) => index.search(words, { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 }, boostDocument }).map(({ id }) => String(id));
}

/** A literal in single quotes or backticks as the text that it means. @param {string} literal */
const unescaped = (literal) => literal.replaceAll(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^])/g, (_, /** @type {string} */ code) => {
  if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return { n: '\n', r: '\r', t: '\t' }[/** @type {'n' | 'r' | 't'} */ (code)] ?? code;
});
