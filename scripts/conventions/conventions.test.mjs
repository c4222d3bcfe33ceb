// Each check finds what it is for, and passes what is right: a check that cannot fail holds nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cache, root } from '../lib/paths.mjs';
import { judge } from './check.mjs';
import { repeatedDeclarations } from './declarations.mjs';
import { undocumentedExports } from './documentation.mjs';
import { folderCycles } from './folderCycles.mjs';
import { misplacedFiles } from './layout.mjs';
import { visibleTexts } from './visible.mjs';
import { missingPaths } from './readmes.mjs';
import { parse } from './sources.mjs';
import { phrases, unidiomaticPhrases } from './words.mjs';

/** @param {Record<string, string>} files */
const workspace = (files) => Object.entries(files).map(([path, text]) => parse(path, text));
/** @param {readonly { key: string }[]} violations */
const keys = (violations) => violations.map(({ key }) => key);

describe('folder cycles', () => {
  it('are found although no file is part of a cycle', () => {
    const found = folderCycles(
      workspace({
        'packages/x/src/index.ts': "export { a } from './first/a.js';",
        'packages/x/src/first/a.ts': "import { b } from '../second/b.js'; export const a = b;",
        'packages/x/src/second/b.ts': 'export const b = 1;',
        'packages/x/src/second/c.ts': "import type { A } from '../first/d.js'; export type C = A;",
        'packages/x/src/first/d.ts': 'export type A = 1;',
      }),
    );
    expect(keys(found)).toEqual(['packages/x/src first second']);
    expect(found[0]?.text).toContain('packages/x/src/second/c.ts imports packages/x/src/first/d.ts');
  });

  it('are not seen where arrows go one way, nor in tests', () => {
    const found = folderCycles(
      workspace({
        'packages/x/src/first/a.ts': "import { b } from '../second/b.js'; export const a = b;",
        'packages/x/src/second/b.ts': "import { c } from '../shared.js'; export const b = c;",
        'packages/x/src/second/b.test.ts': "import { a } from '../first/a.js'; export const t = a;",
        'packages/x/src/shared.ts': 'export const c = 1;',
      }),
    );
    expect(found).toEqual([]);
  });
});

describe('shared nouns', () => {
  it('are declared once, exported or not, as a type or as a value', () => {
    const sources = workspace({
      'packages/x/src/a.ts': 'export type Size = number; function local() {}',
      'packages/y/src/b.ts': 'interface Size { width: number } export const perDomain = () => 1;',
      'packages/z/src/c.ts': "import type { Size } from '@munit/x'; export { perDomain } from '@munit/y'; export type S = Size;",
    });
    expect(keys(repeatedDeclarations(sources, ['Size', 'perDomain']))).toEqual(['Size packages/x', 'Size packages/y']);
  });

  it('may have overloads', () => {
    const sources = workspace({ 'packages/x/src/a.ts': 'function f(x: 1): 1; function f(x: 2): 2; function f(x: any) { return x; }' });
    expect(repeatedDeclarations(sources, ['f'])).toEqual([]);
  });
});

describe('documentation', () => {
  /** @param {string} text */
  const check = (text) => {
    const folder = mkdtempSync(join(cache, 'conventions-'));
    try {
      writeFileSync(join(folder, 'inner.ts'), text);
      writeFileSync(join(folder, 'index.ts'), "export * from './inner.js';");
      return keys(undocumentedExports([{ name: 'x', entries: [relative(root, join(folder, 'index.ts'))] }]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('is asked of values, types and members, through re-exports', () => {
    expect(
      check(`
        export const value = 1;
        export type Alias = 1;
        /** Documented. */
        export interface Shape {
          width: number;
          /** Rows. */
          height: number;
        }
        interface Inside { x: number }
      `),
    ).toEqual(['x value', 'x Alias', 'x Shape.width']);
  });

  it('may be inherited, or given for several members at once', () => {
    expect(
      check(`
        /** An API. */
        export interface Api {
          /** Does it. */
          run(): void;
        }
        /** The client. */
        export class Client implements Api { run(): void {} private hidden = 1; }
        /** A size: \`width\` by \`height\` pixels. */
        export type Size = { width: number; height: number };
        /** An event. */
        export interface Step { kind: 'step' }
      `),
    ).toEqual([]);
  });
});

describe('words', () => {
  it.each(phrases.flatMap(({ found }) => found))('finds “%s” in a string, a comment, JSX and Markdown', (text) => {
    /** @param {string} path @param {string} code */
    const inCode = (path, code) => unidiomaticPhrases([parse(path, code)], []);
    expect(inCode('packages/x/src/a.ts', `export const a = ${JSON.stringify(text)};`)).not.toEqual([]);
    expect(inCode('packages/x/src/a.ts', `export const b = (n: number) => \`\${n} of them: ${text} (\${n})\`;`)).not.toEqual([]);
    expect(inCode('packages/x/src/a.ts', `/** ${text.replace(' ', '\n * ')} */\nexport const a = 1;`)).not.toEqual([]);
    expect(inCode('packages/x/src/a.tsx', `export const a = <p>{1}\n${text.replace(' ', '\n')}</p>;`)).not.toEqual([]);
    expect(unidiomaticPhrases([], [{ path: 'README.md', text: `Some text,\n${text.replace(' ', '\n')}.` }])).not.toEqual([]);
  });

  it.each(phrases.flatMap(({ passed }) => passed))('passes “%s”', (text) => {
    expect(unidiomaticPhrases([parse('packages/x/src/a.ts', `// ${text}`)], [{ path: 'README.md', text }])).toEqual([]);
  });

  it('passes code, and says on which line a phrase stands', () => {
    const text = 'One.\n\n`goes on` is code.\n\n```\nanew\n```\n\nIt starts\nanew.';
    expect(unidiomaticPhrases([parse('packages/x/src/a.ts', 'export const told = 1;')], [{ path: 'README.md', text }])).toEqual([
      { key: expect.any(String), text: expect.stringContaining('README.md:10: ') },
    ]);
  });
});

describe('visible texts', () => {
  const inStudio = (/** @type {string} */ code) => visibleTexts([parse('apps/studio/src/views/A.tsx', code)]).map(({ key }) => key.slice(key.indexOf(' ') + 1));

  it.each([
    ['<p>Some words</p>', 'Some words'],
    ['<p>{on ? words.value.a : `${n} images`}</p>', 'images'],
    ["<p>{problem !== undefined && 'Stopped.'}</p>", 'Stopped.'],
    ['<Button label="Save" />', 'Save'],
    ["<input aria-label={on ? 'Pen' : said.eraser} />", 'Pen'],
    ['<canvas aria-valuetext={`${at} percent`} />', 'percent'],
    ["notify('The video was saved.')", 'The video was saved.'],
    ["notify(done ? said.done : 'Failed', 'error')", 'Failed'],
    ["new DataError(said.a, { remedy: 'Reload.' })", 'Reload.'],
    ['new DataError(`${name} is missing`)', 'is missing'],
    ["const views = [{ id: 'a', label: 'Grid' }]", 'Grid'],
    ["message.value = 'Training has ended.'", 'Training has ended.'],
  ])('finds the text of %s', (code, text) => {
    expect(inStudio(`export const a = () => ${code.startsWith('<') || code.startsWith('n') ? code : `{ ${code}; }`};`)).toEqual([text]);
  });

  it('passes texts of the tables, keys and class names, and other apps', () => {
    const code = `import { words } from '../words.js';
      export const a = <p class="small row" role="status" lang="en" data-kind={on === 'Some words' ? 'good one' : 'bad one'} style={{ '--at': \`\${x}%\` }}>{words.value.a.b} × {n} %</p>;
      notify(words.peek().a.c, 'error'); read('training draft'); document.querySelector('.side button'); addEventListener('ArrowRight', f);`;
    expect(inStudio(code)).toEqual([]);
    expect(visibleTexts(['apps/studio/src/words/a.ts', 'apps/studio/src/a.test.ts', 'apps/parity/src/a.ts'].map((path) => parse(path, "notify('Some words.')")))).toEqual([]);
  });
});

describe('layout', () => {
  it('allows index.ts at entries only, and no folder of one or two files', () => {
    const files = ['index.ts', 'a/index.ts', 'a/b.ts', 'a/b.test.ts', 'c/d.ts', 'c/e.ts'].map((file) => `packages/x/src/${file}`);
    expect(keys(misplacedFiles(files, new Set(['packages/x/src/index.ts']), {}))).toEqual(['packages/x/src/a/index.ts', 'packages/x/src/c']);
  });

  it('allows small folders that are excepted, and no needless exception', () => {
    const files = ['a/b.ts', 'c/1.ts', 'c/2.ts', 'c/3.ts'].map((file) => `packages/x/src/${file}`);
    expect(keys(misplacedFiles(files, new Set(), { 'packages/x/src/a': 'why', 'packages/x/src/c': 'why' }))).toEqual(['packages/x/src/c']);
  });
});

describe('paths in Markdown', () => {
  it('exist, as links from the file and as code from the root', () => {
    const text = '[a](../b.md), [far](https://x.y/z), `packages/x/src/a.ts`, `packages/x/gone.ts`, `npm test`, <img src="no.png">';
    const there = new Set(['packages/b.md', 'packages/x/src/a.ts']);
    expect(keys(missingPaths([{ path: 'packages/x/README.md', text }], (path) => there.has(path)))).toEqual([
      'packages/x/README.md packages/x/no.png',
      'packages/x/README.md packages/x/gone.ts',
    ]);
  });

  it('of a package on the site are its README', () => {
    const there = new Set(['packages/x/README.md']);
    expect(keys(missingPaths([{ path: 'docs/index.md', text: '[x](packages/x.md), [y](packages/y.md)' }], (path) => there.has(path)))).toEqual(['docs/index.md docs/packages/y.md']);
  });
});

describe('the list of known violations', () => {
  it('lets pass what it names, and only that, and says what nothing needs any more', () => {
    const { broken, stale } = judge({ words: [{ key: 'a', text: 'A' }, { key: 'b', text: 'B' }] }, ['words\ta', 'words\tgone']);
    expect(broken).toEqual(['words: B']);
    expect(stale).toEqual(['words\tgone']);
  });
});
