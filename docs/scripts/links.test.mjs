import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withRealPlaces } from './api.mjs';
import { deadLinks } from './links.mjs';

const dist = mkdtempSync(join(tmpdir(), 'munit-site-'));
afterAll(() => rmSync(dist, { recursive: true, force: true }));
for (const [path, text] of Object.entries({
  'index.html': '<a href="/m/guide/start.html#first"></a><a href="/m/guide/start.html#second"></a><a href="https://example.org/x"></a><img src="/m/a.webp"><a href="#here"></a><p id="here">',
  'guide/start.html': '<h2 id="first"></h2><a href="../index.html"></a><a href="/m/gone.html"></a><a href="/elsewhere/"></a><a href="./"></a>',
  'guide/index.html': '',
  'a.webp': '',
})) {
  mkdirSync(dirname(join(dist, path)), { recursive: true });
  writeFileSync(join(dist, path), text);
}

it('links that lead nowhere are named: files, places, and what is outside the site', () => {
  expect(deadLinks(dist, '/m/')).toEqual([
    'index.html leads to /m/guide/start.html#second, and guide/start.html has no such place.',
    'guide/start.html leads to /m/gone.html, which is not there.',
    'guide/start.html leads to /elsewhere/, which is not there.',
  ]);
});

it('a numbered place stays where a page has as many headings of that name', () => {
  const texts = new Map([
    ['a', '### State\n\n### state()\n'],
    ['b', '### State\n'],
  ]);
  expect(withRealPlaces('[x](#state-1) [y](./b.md#state-1) [z](b.md#state)', 'a', texts)).toBe('[x](#state-1) [y](./b.md#state) [z](b.md#state)');
});
