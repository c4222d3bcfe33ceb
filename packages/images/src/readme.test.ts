/** The example of the README is this file, word for word, and it runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'munit-images-'));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

beforeAll(async () => {
  await sharp({ create: { width: 600, height: 300, channels: 3, background: '#c86432' } }).jpeg({ quality: 100 }).toFile(join(folder, 'cat.jpg'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

it('decodes, resizes and writes an image', async () => {
  expect(readme).toContain(`\`\`\`ts\n${readFileSync(new URL('../test/examples/prepare.ts', import.meta.url), 'utf8')}\`\`\``);
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/prepare.js');
  expect(print.mock.calls).toEqual([['jpeg', 512, 256]]);
  const { data, info } = await sharp('small.png').raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([512, 256, 3]);
  for (const [c, value] of [0xc8, 0x64, 0x32].entries()) expect(Math.abs(data[c]! - value)).toBeLessThanOrEqual(2);
});
