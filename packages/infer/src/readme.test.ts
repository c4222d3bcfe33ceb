/** The examples of the README are the files of test/examples, word for word, and they run: here in Node, the others in a page. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from '@munit/formats/node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeFilm } from '../test/films.js';
import { modelFor, noise } from '../test/models.js';

const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'munit-readme-'));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

beforeAll(async () => {
  await writeModel(join(folder, 'edges2shoes'), modelFor());
  mkdirSync(join(folder, 'drawings'));
  for (const [i, name] of ['drawing.png', 'photo.png', 'drawings/one.png', 'drawings/two.png'].entries()) {
    const png = await sharp(noise(21, 17, 3, i).data, { raw: { width: 21, height: 17, channels: 3 } }).png().toBuffer();
    writeFileSync(join(folder, name), png);
  }
  await makeFilm(join(folder, 'film.mp4'), { frames: 3 });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

it.each(['node', 'files', 'film', 'page', 'worker', 'client'])('shows %s as it is', (name) => {
  const example = readFileSync(new URL(`../test/examples/${name}.ts`, import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
});

it('translates pictures', async () => {
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/node.js');
  expect(print.mock.calls.at(-1)).toEqual([8, 21, 17, 21 * 17 * 3]);
  expect(print.mock.calls.flat()).toContain('ready');
  expect(readdirSync('.').filter((name) => /^(shoe|guided)/.test(name)).sort()).toEqual(['guided.webp', 'shoe_0.png', 'shoe_1.png', 'shoe_2.png', 'shoe_3.png']);
  print.mockRestore();
});

it('translates folders and converts', async () => {
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/files.js');
  expect(print.mock.calls.at(-1)).toMatchObject([2, 'munit', expect.any(Number), 8]);
  expect(readdirSync('shoes').filter((name) => !name.startsWith('.')).sort()).toEqual(['grid.png', ...['one', 'two'].flatMap((name) => [0, 1, 2].map((i) => `${name}_${i}.png`))]);
  expect(readdirSync('loops').filter((name) => !name.startsWith('.')).sort()).toEqual(['one.webp', 'two.webp']);
  print.mockRestore();
});

it('translates films', async () => {
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/film.js');
  expect(print.mock.calls).toEqual([[3, [{ codec: 'aac', as: 'copied' }]], [21, 17], [21, 17]]);
  expect(readdirSync('.').filter((name) => name.startsWith('shoes.'))).toEqual(['shoes.mp4']);
  print.mockRestore();
});
