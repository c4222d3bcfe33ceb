/** Results on disk. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';

/** Written whole or not at all. @throws DataError */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, bytes);
  } catch (cause) {
    throw new DataError(`${path} cannot be written.`, { cause, remedy: 'Check the space and the permissions there.' });
  }
}

/** A seed of its own for every file, the same whichever files come before it. */
export function seedOf(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0);
}

/** `cat`, `cat_0` … `cat_7` or `cat_00` … `cat_11`: what the results of one input are called. */
export function outputPaths(out: string, stem: string, count: number, ending: string): string[] {
  if (count === 1) return [join(out, `${stem}.${ending}`)];
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, i) => join(out, `${stem}_${String(i).padStart(digits, '0')}.${ending}`));
}
