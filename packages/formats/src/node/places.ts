/** Where paths really lead: links, relative names and other spellings of one place are the same place. */
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The real path, with every link followed; of what does not exist yet, the place where it would be made. */
export async function realPlace(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch (error) {
    if (!isMissing(error) || dirname(whole) === whole) return whole;
    // A link that leads nowhere yet: what is written there appears where it points.
    const target = await readlink(whole).catch(() => undefined);
    return target === undefined ? join(await realPlace(dirname(whole)), basename(whole)) : realPlace(resolve(dirname(whole), target));
  }
}

/** Names the file or folder itself, whatever path leads to it (hard links, upper and lower case); undefined where there is none. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  // Some network file systems give no numbers.
  return found === undefined || found.ino === 0n ? undefined : `${found.dev}:${found.ino}`;
}

/** Whether `path` is `folder`, or something in it; both as `realPlace` gives them. */
export function isInside(path: string, folder: string): boolean {
  const prefix = folder.endsWith('/') || folder.endsWith('\\') ? folder : join(folder, '/');
  return path === folder || path.startsWith(prefix);
}
