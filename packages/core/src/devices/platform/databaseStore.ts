/** Small texts in the browser's IndexedDB, which pages and workers have. */
import type { TextStore } from '../platformTypes.js';

const TEXTS = 'texts';

/** A database of its own, opened at each use: nothing holds it open between. */
export function createDatabaseStore(name: string): TextStore {
  const use = async <T>(mode: IDBTransactionMode, request: (texts: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const opening = indexedDB.open(name, 1);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(TEXTS));
    const database = await settled(opening);
    try {
      return await settled(request(database.transaction(TEXTS, mode).objectStore(TEXTS)));
    } finally {
      database.close();
    }
  };
  return {
    async read(key) {
      const value: unknown = await use('readonly', (texts) => texts.get(key));
      return typeof value === 'string' ? value : undefined;
    },
    async write(key, text) {
      await use('readwrite', (texts) => texts.put(text, key));
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')));
  });
}
