/** Checksums of checkpoints, and the files that hold them: lines as `sha256sum` writes them. */
import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMissing } from './errors.js';

const chunkBytes = 16 * 2 ** 20;

export const sha256Of = (bytes: Uint8Array): string => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += chunkBytes) hash.update(bytes.subarray(at, at + chunkBytes));
  return hash.digest('hex');
};

/** Reads a file in pieces (one call reads at most 2 GiB) and gives each to `hash`. */
async function readInto(path: string, hash: Hash): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array((await file.stat()).size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(chunkBytes, bytes.length - at));
      if (bytesRead === 0) return bytes.subarray(0, at);
      hash.update(bytes.subarray(at, at + bytesRead));
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** A file and its checksum. @throws what the file system throws */
export async function readWithDigest(path: string): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> {
  const hash = createHash('sha256');
  const bytes = await readInto(path, hash);
  return { bytes, digest: hash.digest('hex') };
}

/** The text of the checksum file of `path`; undefined when there is none. @throws what the file system throws */
export function checksumText(path: string): string | undefined {
  try {
    return readFileSync(`${path}.sha256`, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * The checksums that a file may have. Two while it is being replaced: whichever of the old and the new file is there when the process
 * is killed has its checksum on disk.
 */
export const digestsIn = (text: string): string[] => [...text.matchAll(/^([0-9a-f]{64}) {2}/gm)].map((match) => match[1] as string);

/** Lines of a checksum file. */
export const digestLines = (digests: readonly string[], name: string): string => digests.map((digest) => `${digest}  ${name}\n`).join('');
