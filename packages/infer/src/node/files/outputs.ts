/** Results on disk. */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
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

/** Whether an MP4's boxes, one after the other, end where the file does, and one of them is its table of contents. */
async function hasAllBoxes(file: FileHandle, size: number): Promise<boolean> {
  const head = Buffer.alloc(8);
  const kinds = new Set<string>();
  let at = 0;
  while (at + 8 <= size) {
    await file.read(head, 0, 8, at);
    const length = head.readUInt32BE(0);
    if (length < 8) return false;
    kinds.add(head.toString('latin1', 4, 8));
    at += length;
  }
  return at === size && kinds.has('moov') && kinds.has('mdat');
}

/** Whether a PNG, JPEG, WebP, GIF or MP4 file is there and has its beginning and its end, whoever wrote it. */
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
    if (head.toString('latin1', 4, 8) === 'ftyp') return await hasAllBoxes(file, size);
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
