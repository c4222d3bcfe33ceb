/** Every block of TypeScript and JavaScript in the READMEs and on the site type-checks against the packages as they are, imports included. */
import { expect, it } from 'vitest';
import { checkSnippets } from './check.mjs';
import { collectSnippets, snippetsOf } from './collect.mjs';

it('finds code, with its line and language', () => {
  expect(snippetsOf('# A\n\n```ts\nlet a;\n```\n\n```sh\nls\n```\n```js\nb();\n```\n')).toEqual([
    { line: 4, language: 'ts', code: 'let a;\n' },
    { line: 11, language: 'js', code: 'b();\n' },
  ]);
});

it('what does not type-check is named by page and line', () => {
  const snippet = (/** @type {string} */ language, /** @type {string} */ code) => ({ page: 'P.md', line: 10, language, code, folder: 'packages/core' });
  expect(
    checkSnippets([
      snippet('ts', "import { Rng } from '@munit/core';\nconst seed: string = new Rng(1);\n"),
      snippet('ts', 'console.log(nowhere);\n'),
      snippet('ts', "import { Rng } from '@munit/core';\nconsole.log(new Rng(1).state());\n"),
      snippet('js', "import { gone } from '@munit/core';\ngone(document.querySelector('p').textContent);\n"),
    ]),
  ).toEqual([
    "P.md:11: Type 'Rng' is not assignable to type 'string'.",
    "P.md:10: Cannot find name 'nowhere'.",
    expect.stringMatching(/^P\.md:10: .*no exported member.*'gone'/),
  ]);
}, 120_000);

it('all code of the pages type-checks', () => {
  const snippets = collectSnippets();
  expect(snippets.length).toBeGreaterThan(30);
  expect(checkSnippets(snippets)).toEqual([]);
}, 240_000);
