import { readdir } from 'node:fs/promises';
import { UsageError } from '../errors.js';

/** Pictures of another set beside the new ones would be trained on unnoticed. @throws UsageError when the folder holds anything */
export async function refuseUsedFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length > 0) throw new UsageError(`${folder} is not empty.`, 'Choose a new folder, or delete this one first.');
}
