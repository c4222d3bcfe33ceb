import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { matchFolders } from './match.js';

vi.mock(import('node:path'), async (original) => {
  const path = await original();
  return { ...path, extname: vi.fn<typeof path.extname>(path.extname) };
});

const work = mkdtempSync(join(tmpdir(), 'munit-match-'));
afterAll(() => rmSync(work, { recursive: true }));

function touch(folder: string, names: readonly string[]): string {
  const path = join(work, folder);
  mkdirSync(path, { recursive: true });
  for (const name of names) writeFileSync(join(path, name), '');
  return path;
}

it('keeps inputs apart that differ in their endings alone', async () => {
  const inputs = touch('in', ['a.jpg', 'a.png', 'b.png']);
  const folder = touch('out', ['a.jpg.png', 'a.png_0.png', 'a.png_1.png', 'b.webp', 'a.png']);
  const { methods, warnings } = await matchFolders(inputs, [{ name: 'ours', folder }]);
  expect([...methods[0]!.outputs]).toEqual([['a.jpg', ['a.jpg.png']], ['a.png', ['a.png_0.png', 'a.png_1.png']], ['b.png', ['b.webp']]]);
  expect(warnings).toEqual(["Images of 'ours' that are called as no input is are left out: 1 (a.png)."]);
});

it('looks at each file a few times, however many there are', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `${i}.png`);
  const inputs = touch('many', names);
  const samples = touch('samples', names.map((name) => `7_${name}`));
  vi.mocked(extname).mockClear();
  const { methods } = await matchFolders(inputs, [{ name: 'ours', folder: inputs }, { name: 'theirs', folder: samples }]);
  expect([methods[0]!.outputs.size, methods[1]!.outputs.get('7.png')!.length]).toEqual([1000, 1000]);
  expect(vi.mocked(extname).mock.calls.length).toBeLessThan(3 * 1000 * 5);
});
