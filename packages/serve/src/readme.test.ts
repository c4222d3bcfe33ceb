/** The example of the README is this file, word for word, and it runs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel } from '@munit/infer/node';
import { afterAll, expect, it, vi } from 'vitest';
import { modelPath, png } from '../test/model.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const here = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'munit-serve-readme-'));
afterAll(() => {
  process.chdir(here);
  rmSync(work, { recursive: true });
});

it('serves, answers and stops', async () => {
  expect(readme).toContain(`\`\`\`ts\n${readFileSync(new URL('../test/examples/serve.ts', import.meta.url), 'utf8')}\`\`\``);
  process.chdir(work);
  await convertModel(modelPath, { to: 'munit', out: 'edges2shoes' });
  writeFileSync('drawing.png', await png());
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/serve.js');
  const lines = print.mock.calls.map((values) => values.map(String).join(' '));
  print.mockRestore();
  expect(lines).toEqual(['serving at http://127.0.0.1:PORT', '200 4 image/png']);
}, 60_000);
