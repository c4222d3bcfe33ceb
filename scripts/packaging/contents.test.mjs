import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkContents, holdsSources } from './contents.mjs';

const folder = mkdtempSync(join(tmpdir(), 'munit-contents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} name @param {Record<string, string>} packed @param {Record<string, string>} [sources] */
function problemsOf(name, packed, sources = {}) {
  const path = join(folder, 'sources', name);
  const write = (/** @type {string} */ base, /** @type {Record<string, string>} */ files) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(base, file)), { recursive: true });
      writeFileSync(join(base, file), text);
    }
  };
  write(path, sources);
  write(join(folder, 'node_modules', name), packed);
  return checkContents(folder, [{ folder: name, path, manifest: { name, version: '1.0.0' } }]);
}

const map = (/** @type {string[]} */ ...sourcesContent) => JSON.stringify({ sources: ['a.ts'], sourcesContent });
const good = { LICENSE: '', 'README.md': '', 'dist/index.js': '', 'dist/index.js.map': map('export {}') };

it('a whole package has nothing wrong', () => {
  expect(problemsOf('whole', good)).toEqual([]);
  expect(problemsOf('noticed', { ...good, NOTICE: '' }, { NOTICE: '' })).toEqual([]);
});

it.each([
  ['unbuilt', { LICENSE: '', 'README.md': '' }, {}, 'unbuilt: the package has no code in dist: it was packed without having been built.'],
  ['silent', good, { NOTICE: '' }, 'silent: the package has no NOTICE.'],
  ['undated', good, { 'CHANGELOG.md': '' }, 'undated: the package has no CHANGELOG.md.'],
  ['tested', { ...good, 'dist/a.test.js': '' }, {}, 'tested: dist/a.test.js does not belong in the package.'],
  ['blind', { ...good, 'dist/index.js.map': map() }, {}, 'blind: dist/index.js.map does not hold its sources, so a debugger shows nothing.'],
])('%s is refused', (name, packed, sources, problem) => {
  expect(problemsOf(name, packed, sources)).toEqual([problem]);
});

it('a map holds its sources only if it holds each', () => {
  expect(holdsSources(JSON.stringify({ sources: ['a.ts', 'b.ts'], sourcesContent: ['a', 'b'] }))).toBe(true);
  expect(holdsSources(JSON.stringify({ sources: ['a.ts', 'b.ts'], sourcesContent: ['a', null] }))).toBe(false);
});
