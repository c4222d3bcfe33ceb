/** Parts of the studio that are fetched when they are first used. */
import { DataError } from '@munit/core';
import { words } from './words/words.js';

/** Fetches a part. @param what as a sentence begins, `Training` @throws DataError in words when it cannot be fetched */
export async function part<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { changed, changedRemedy, offline, offlineRemedy } = words.peek().part;
    throw navigator.onLine ? new DataError(changed(what), { cause, remedy: changedRemedy }) : new DataError(offline(what), { cause, remedy: offlineRemedy });
  }
}
