/** Spoilt image files: each is decoded, or refused by name, in bounded time. `MUNIT_FUZZ=10000` for a long run. */
import { DataError, Rng } from '@munit/core';
import { decodeImage } from './decodeImage.js';
import sharp from 'sharp';
import { expect, it } from 'vitest';

const runs = Number(process.env['MUNIT_FUZZ'] ?? 300);
const MEGABYTES = 1024; // what the largest picture that is decoded at all takes, and its copy

async function samples(): Promise<Uint8Array[]> {
  const rng = new Rng(2);
  const noise = Uint8Array.from({ length: 24 * 17 * 3 }, () => rng.integer(256));
  const image = sharp(noise, { raw: { width: 24, height: 17, channels: 3 } });
  const files = [image.clone().png(), image.clone().jpeg(), image.clone().webp(), image.clone().gif(), image.clone().tiff()];
  return Promise.all(files.map(async (file) => new Uint8Array(await file.toBuffer())));
}

/** Cut, or with bytes and whole numbers of 4 bytes replaced. */
function spoil(file: Uint8Array, rng: Rng): Uint8Array {
  if (rng.integer(4) === 0) return file.slice(0, rng.integer(file.length));
  const bytes = file.slice();
  const view = new DataView(bytes.buffer);
  for (let i = rng.integer(8); i >= 0; i--) {
    // Half of them in the head, where the sizes are.
    const at = rng.integer(rng.integer(2) === 0 ? Math.min(64, bytes.length) : bytes.length);
    if (rng.integer(3) === 0 && at + 4 <= bytes.length) view.setUint32(at, [0, 1, 0x7fffffff, 0xffffffff, 0x10000][rng.integer(5)]!);
    else bytes[at] = rng.integer(256);
  }
  return bytes;
}

it(`${runs} spoilt image files`, async () => {
  const rng = new Rng(1);
  const files = await samples();
  const counts = { decoded: 0, refused: 0 };
  const prototypes = [Object.prototype, Array.prototype, Buffer.prototype];
  const before = prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).join());
  let [slowest, grown] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const memory = process.memoryUsage().rss;
    try {
      const { width, height, channels = 3, data } = (await decodeImage(spoil(files[run % files.length]!, rng), { name: `file ${run}` })).pixels;
      expect(data.length).toBe(width * height * channels);
      counts.decoded += 1;
    } catch (error) {
      expect(error, `run ${run}`).toBeInstanceOf(DataError);
      counts.refused += 1;
    }
    slowest = Math.max(slowest, performance.now() - start);
    grown = Math.max(grown, (process.memoryUsage().rss - memory) / 2 ** 20);
  }
  if (process.env['MUNIT_FUZZ'] !== undefined) process.stderr.write(`${JSON.stringify({ ...counts, slowestMs: slowest, grownMiB: grown })}\n`);
  expect(counts.decoded).toBeGreaterThan(runs / 20);
  expect(counts.refused).toBeGreaterThan(runs / 4);
  expect(slowest).toBeLessThan(2000);
  expect(grown).toBeLessThan(MEGABYTES);
  expect(prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).join())).toEqual(before);
}, 600_000);
