/**
 * How fast the synthetic benchmark is drawn, and how long a trainer waits for data.
 *
 *     node --conditions=@munit/source --import tsx bench/measure.ts [steps] [stepMs at 64 px] [stepMs at 256 px]
 *
 * The trainer is played by a loop that computes without pause for `stepMs` (as a native backend does: the event loop stands
 * still meanwhile) and then asks for the next batch. Files are PNG and JPEG in a temporary folder; nothing is cached, so that
 * every picture is decoded every time, and the first batch (start-up) is left out.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openUnpaired, writeSyntheticSet } from '@munit/data/node';
import { renderSample } from '@munit/data/synthetic';
import sharp from 'sharp';

function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function waiting(label: string, a: string, b: string, size: number, batchSize: number, steps: number, stepMs: number): Promise<void> {
  const batches = await openUnpaired({ a, b }, { resize: size, crop: size, batchSize, seed: 1, cacheBytes: 0 });
  try {
    for (let i = 0; i <= steps; i++) {
      await batches.next();
      compute(stepMs);
    }
    const { waitShare, waitMs, elapsedMs, firstBatchMs } = batches.stats();
    console.log(JSON.stringify({
      data: label, size, batchSize, stepMs, steps, firstBatchMs: Math.round(firstBatchMs),
      waitMsPerStep: Number((waitMs / steps).toFixed(3)), msPerStep: Number((elapsedMs / steps).toFixed(2)), waitPercent: Number((100 * waitShare).toFixed(2)),
    }));
  } finally {
    await batches.dispose();
  }
}

function drawing(size: number, count: number): void {
  const start = performance.now();
  for (let i = 0; i < count; i++) renderSample({ size, seed: 1 }, i % 2 === 0 ? 'a' : 'b', 'train', i);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ drawing: size, imagesPerSecond: Math.round(count / seconds) }));
}

/** Photographs are larger than what is trained on: 512×384 JPEGs, from the benchmark's pictures with noise. */
async function writePhotographs(dir: string, domain: 'a' | 'b', count: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let i = 0; i < count; i++) {
    const { data } = renderSample({ size: 512, seed: 2 }, domain, 'train', i);
    const noisy = data.map((v, k) => Math.max(0, Math.min(255, v + ((k * 2654435761) >>> 27) - 16)));
    const jpeg = await sharp(noisy, { raw: { width: 512, height: 512, channels: 3 } }).resize(512, 384, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
    await writeFile(join(dir, `${i}.jpg`), jpeg);
  }
}

const [steps = 150, smallMs = 60, largeMs = 300] = process.argv.slice(2).map(Number);
const dir = await mkdtemp(join(tmpdir(), 'munit-bench-'));
try {
  for (const size of [32, 64, 128, 256]) drawing(size, size > 64 ? 400 : 2000);
  const start = performance.now();
  await writeSyntheticSet(join(dir, 'set'), { size: 64, seed: 1, count: 1000, testCount: 16 });
  console.log(JSON.stringify({ writing: 64, imagesPerSecond: Math.round(2032 / ((performance.now() - start) / 1000)) }));
  await waiting('png 64', join(dir, 'set', 'trainA'), join(dir, 'set', 'trainB'), 64, 4, steps, smallMs);
  for (const domain of ['a', 'b'] as const) await writePhotographs(join(dir, domain), domain, 64);
  await waiting('jpeg 512x384', join(dir, 'a'), join(dir, 'b'), 256, 1, Math.ceil(steps / 3), largeMs);
} finally {
  await rm(dir, { recursive: true, force: true });
}
