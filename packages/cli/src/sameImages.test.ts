/** Training and translation see the same image in the same file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecodePool } from '@munit/data/node';
import { toNetworkRange, whiteBackground } from '@munit/images';
import { readImage } from '@munit/infer/node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
const pool = new DecodePool({ processes: 1 });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'munit-same-'));
});
afterAll(async () => {
  await pool.dispose();
  await rm(folder, { recursive: true });
});

const [width, height] = [23, 17];
const noise = (channels: number): Buffer => Buffer.from(Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919 + i * i * 31) % 256));
const raw = (channels: 1 | 2 | 3 | 4) => sharp(noise(channels), { raw: { width, height, channels } });

const files = {
  'grey.png': () => raw(1).toColourspace('b-w').png(),
  'grey alpha.png': () => raw(2).toColourspace('b-w').png(),
  'alpha.png': () => raw(4).png(),
  '16 bit.png': () => raw(3).toColourspace('rgb16').png(),
  'turned.jpg': () => raw(3).withMetadata({ orientation: 6 }).jpeg(),
  'cmyk.jpg': () => raw(3).toColourspace('cmyk').jpeg(),
  'lossy.webp': () => raw(3).webp(),
};

it.each(Object.entries(files))('%s', async (name, write) => {
  const path = join(folder, name);
  await write().toFile(path);
  for (const channels of [1, 3] as const) {
    const { image } = await pool.decode({ path }, { channels, resize: null, background: whiteBackground, maxPixels: 1e6 });
    const translated = await readImage(path, channels);
    expect([translated.width, translated.height]).toEqual([image.width, image.height]);
    expect(translated.values).toEqual(toNetworkRange(image));
  }
});
