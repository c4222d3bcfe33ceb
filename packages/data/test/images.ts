// Image files of every kind for tests, written by sharp.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

/** A folder that goes away with `remove`. */
export async function temporaryFolder(): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'munit-data-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

export interface Raw {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** Left half (200, 40, 10), right half (10, 90, 220). */
export function twoColours(width: number, height: number): Raw {
  const data = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) data.set(p % width < width / 2 ? [200, 40, 10] : [10, 90, 220], 3 * p);
  return { width, height, channels: 3, data };
}

export function open({ width, height, channels, data }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

export async function png(path: string, raw: Raw): Promise<void> {
  const image = raw.channels < 3 ? open(raw).toColourspace('b-w') : open(raw);
  await writeFile(path, await image.png().toBuffer());
}
