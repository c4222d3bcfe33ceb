import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** What the scripts keep between runs: pnpm itself, stamps, logs. Safe to delete. */
export const cache = join(root, '.cache');

/** @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);
