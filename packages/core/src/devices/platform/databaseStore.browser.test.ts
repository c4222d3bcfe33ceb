import { expect, test } from 'vitest';
import { createDatabaseStore } from './databaseStore.js';

test('keeps texts by keys, for whoever opens the database next', async () => {
  const name = `test ${crypto.randomUUID()}`;
  const store = createDatabaseStore(name);
  expect(await store.read('key')).toBeUndefined();
  await store.write('key', 'first');
  await store.write('key', 'second');
  await store.write('other', 'third');
  const again = createDatabaseStore(name);
  expect([await again.read('key'), await again.read('other')]).toEqual(['second', 'third']);
  indexedDB.deleteDatabase(name);
});

test('rejects where the browser keeps nothing', async () => {
  const name = `test ${crypto.randomUUID()}`;
  // A database of a later version, which this one cannot open.
  const later = indexedDB.open(name, 2);
  await new Promise((resolve) => later.addEventListener('success', resolve));
  later.result.close();
  const store = createDatabaseStore(name);
  await expect(store.read('key')).rejects.toThrow('version');
  await expect(store.write('key', 'text')).rejects.toThrow('version');
  indexedDB.deleteDatabase(name);
});
