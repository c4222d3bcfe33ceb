/** The examples of the README are these files, word for word, and they run. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { referenceFile } from '../test/reference.js';

const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'munit-readme-'));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

beforeAll(() => {
  writeFileSync(join(folder, 'gen_00000005.pt'), referenceFile('checkpoint_unit/gen_00000005.pytorch03.pt'));
  writeFileSync(join(folder, 'optimizer.pt'), referenceFile('checkpoint_unit/optimizer.legacy.pt'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

const example = (name: string): string => readFileSync(new URL(`../test/examples/${name}.ts`, import.meta.url), 'utf8');

it('convert', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('convert')}\`\`\``);
  await import('../test/examples/convert.js');
  expect(readdirSync('edges2shoes').sort()).toEqual(['README.md', 'model.json', 'model.safetensors']);
  const [half, whole] = [statSync('edges2shoes/model.safetensors').size, statSync('gen.pt').size];
  expect(half / whole).toBeLessThan(0.6);
  expect(statSync('edges2shoes.onnx').size).toBeGreaterThan(whole / 4);
});

it('resume', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('resume')}\`\`\``);
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/resume.js');
  expect(print.mock.calls).toEqual([[['encoder', 'decoder'], 24, 1e-4, [0.5, 0.999]]]);
});
