import { readFileSync } from 'node:fs';
import { isMissing, runFolderError } from './errors.js';

/**
 * The text of a file; undefined when there is none. A question whether the file exists would not do: a disk that fails answers no.
 * @throws RunFolderError when there may be one and it cannot be read
 */
export function textIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw runFolderError(error, `read ${path}`);
  }
}
