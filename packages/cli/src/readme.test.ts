/** The lines of the README, one after the other, in a folder of their own; only the training is cut short. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeFilm } from '../../infer/test/films.js';
import { exitCodes } from './exitCodes.js';
import { run } from './run.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const readme = readFileSync(at('../README.md'), 'utf8');
const shell = [...readme.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
const lines = shell.map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line.startsWith('munit '));

const here = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'munit-cli-readme-'));

beforeAll(async () => {
  process.chdir(work);
  for (const folder of ['drawings', 'photos', 'breeds/siamese', 'breeds/tabby']) mkdirSync(folder, { recursive: true });
  const picture = sharp({ create: { width: 20, height: 16, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 50 } } });
  for (const name of ['drawing.png', 'photo.jpg', 'drawings/one.png', 'photos/one.png', 'photos/two.png', ...[3, 4, 5, 6].map((i) => `photos/${i}.png`), ...[1, 2, 3, 4, 5].flatMap((i) => [`breeds/siamese/${i}.png`, `breeds/tabby/${i}.png`])]) await picture.toFile(name);
  await makeFilm('film.mp4', { frames: 3, width: 20, height: 16 });
  copyFileSync(at('../../formats/test-data/reference/checkpoint_munit/gen_00000005.legacy.pt'), 'gen_01000000.pt');
});
afterAll(() => {
  process.chdir(here);
  rmSync(work, { recursive: true });
});

/** A small set and a short training; what devices there are, another test tells. */
const cut: readonly (readonly [RegExp, string])[] = [
  [/^munit data (animals|synthetic)/, '--count 4 --test 2 --size 16'],
  [/^munit train/, '--steps 1 --size 16 --batch 2 --set gen.dim=2 --set gen.mlp_dim=4 --set gen.n_res=1 --set dis.dim=2 --set dis.n_layer=1 --set dis.num_scales=1 --set display_size=1 --progress quiet --device simd'],
  [/^munit evaluate runs/, '--styles 2'],
  [/^munit (translate|evaluate|classify)/, '--device simd'],
  [/^munit doctor/, '--help'],
];

it('each line does what it says', async () => {
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const more = cut.filter(([pattern]) => pattern.test(line)).map(([, options]) => options);
    let said = '';
    const stream = { write: (text: string) => (said += text) };
    const args = [line, ...more].join(' ').split(' ').slice(1);
    const code = await run(args, { stdout: stream, stderr: stream, onInterrupt: () => () => undefined, exitNow: () => undefined });
    expect([line, code, code === exitCodes.ok ? '' : said]).toEqual([line, exitCodes.ok, '']);
  }
  expect(readdirSync('translated').filter((name) => name.endsWith('.png'))).toHaveLength(8);
  for (const made of ['shoes.png', 'shoes/one_2.png', 'guided/drawing.png', 'film/drawing.mp4', 'out.mp4', 'frames/one.png', 'edges2shoes/model.json', 'gen.pt']) expect([made, existsSync(made)]).toEqual([made, true]);
}, 180_000);

it('shows the function as it is, and it runs', async () => {
  const example = readFileSync(at('../test/examples/function.ts'), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  const print = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await import('../test/examples/function.js');
  const report = JSON.parse(String(print.mock.calls.at(-1)?.[0])) as unknown;
  print.mockRestore();
  expect(report).toMatchObject({ ok: true });
});
