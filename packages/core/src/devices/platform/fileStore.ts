/** Small texts in files of the user's cache. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextStore } from '../platformTypes.js';

/** One JSON file for each key, written whole. `folder` is asked at each use. */
export function createFileStore(folder: () => string): TextStore {
  const pathOf = (key: string): string => join(folder(), `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  return {
    async read(key) {
      try {
        return await readFile(pathOf(key), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(key, text) {
      const path = pathOf(key);
      const part = `${path}.${randomUUID()}`;
      await mkdir(folder(), { recursive: true });
      try {
        await writeFile(part, text);
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
  };
}
