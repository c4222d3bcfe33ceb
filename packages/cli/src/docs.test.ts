/** Every command line of the pages in docs is one that the command takes. What the lines do, the READMEs' tests tell. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from './run.js';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
/** What the site makes is there after it was built: copies of the READMEs, and the API. */
const made = /(^|\/)node_modules\/|^(packages|api)\//;
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md') && !made.test(path));
const linesOf = (page: string): string[] =>
  [...readFileSync(`${docs}${page}`, 'utf8').matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line.startsWith('munit '));
const lines = pages.flatMap((page) => linesOf(page).map((line) => ({ page, line })));

it('the pages have command lines', () => {
  expect(pages).toContain('guide/train.md');
  expect(lines.length).toBeGreaterThan(15);
});

it.each(lines)('$page: $line', async ({ line }) => {
  // As a shell reads it: quotes go.
  const args = line.split(' ').slice(1).map((arg) => arg.replace(/^'(.*)'$/, '$1'));
  let [out, err] = ['', ''];
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (err += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined };
  const done = () => Promise.resolve(0);
  const acts = ['train', 'evaluate', 'translate', 'convert'].includes(args[0] ?? '');
  // The others would do their work: their help has to name each option.
  const code = await run(acts ? args : [...args.filter((arg) => /^[a-z]+(-run)?$/.test(arg)), '--help'], io, { train: done, evaluate: done, translate: done, convert: done });
  expect([code, err]).toEqual([0, '']);
  if (!acts) for (const option of args.filter((arg) => arg.startsWith('--'))) expect(out).toContain(option);
});
