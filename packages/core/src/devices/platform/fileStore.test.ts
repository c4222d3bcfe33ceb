import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder } from '../cacheFolder.js';
import { createFileStore } from './fileStore.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'munit-store-'))));
afterEach(() => rm(folder, { recursive: true }));

test('keeps texts by keys of any letters, and leaves nothing else behind', async () => {
  const store = createFileStore(() => join(folder, 'new', 'tiles'));
  const [key, other] = ['NVIDIA H100 / Dawn: "0.6.2"', 'x'.repeat(1000)];
  expect(await store.read(key)).toBeUndefined();
  await store.write(key, 'first');
  await store.write(key, 'second');
  await store.write(other, 'third');
  expect([await store.read(key), await store.read(other)]).toEqual(['second', 'third']);
  const files = await readdir(join(folder, 'new', 'tiles'));
  expect(files.map((name) => name.replace(/^[0-9a-f]{32}\./, ''))).toEqual(['json', 'json']);
});

test('rejects where there can be no folder', async () => {
  await writeFile(join(folder, 'file'), '');
  const store = createFileStore(() => join(folder, 'file', 'tiles'));
  await expect(store.read('key')).rejects.toThrow('ENOTDIR');
  await expect(store.write('key', 'text')).rejects.toThrow('ENOTDIR');
});

test("the cache is the user's", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/home/someone/cache' })).toBe('/home/someone/cache/munit');
  expect(cacheFolder({})).toMatch(/\.cache.munit$/);
});
