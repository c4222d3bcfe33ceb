/** Parts of the studio that are fetched when they are first used. */
import { DataError } from '@munit/core';

/** Fetches a part. @param what as a sentence begins, `Training` @throws DataError in words when it cannot be fetched */
export async function part<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const why = navigator.onLine ? 'the studio may have changed since this page was opened' : 'there is no network';
    throw new DataError(`${what} could not be fetched: ${why}.`, { cause, remedy: navigator.onLine ? 'Reload the page; what you made is kept.' : 'Try again when there is one.' });
  }
}
