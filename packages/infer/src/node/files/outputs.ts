/** Results on disk. */
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
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

/** Whether a PNG, JPEG, WebP or GIF file is there and has its beginning and its end, whoever wrote it. */
export async function isWhole(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    if (size < 16) return false;
    const head = Buffer.alloc(12);
    const tail = Buffer.alloc(12);
    await file.read(head, 0, 12, 0);
    await file.read(tail, 0, 12, size - 12);
    if (head.toString('latin1', 1, 4) === 'PNG') return tail.toString('latin1', 4, 8) === 'IEND';
    if (head.toString('latin1', 0, 4) === 'RIFF') return head.readUInt32LE(4) + 8 === size;
    if (head.toString('latin1', 0, 4) === 'GIF8') return tail[11] === 0x3b;
    return head.readUInt16BE(0) === 0xffd8 && tail.readUInt16BE(10) === 0xffd9;
  } finally {
    await file.close();
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
