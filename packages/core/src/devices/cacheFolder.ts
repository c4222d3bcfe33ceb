import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of this user for what munit can recreate. */
export const cacheFolder = (environment: Readonly<Record<string, string | undefined>>): string =>
  join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'munit');
