/**
 * How fast the synthetic benchmark is drawn, and how long a trainer waits for data.
 *
 *     node --conditions=@munit/source --import tsx bench/measure.ts [steps] [stepMs at 64 px] [stepMs at 256 px]
 *
 * The trainer is played by a loop that computes without pause for `stepMs` (as a native backend does: the event loop stands
 * still meanwhile) and then asks for the next batch. Files are PNG and JPEG in a temporary folder. `decoded`: without a cache, every
 * picture is decoded every time (a first epoch); `cached`: every picture is in the cache (all later ones). The first batch (start-up) is left out.
 * Waiting grows with whatever else the machine does: measure on an idle one.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Domain, domains } from '@munit/core';
import { openUnpaired, writeSyntheticSet } from '@munit/data/node';
import { renderSample } from '@munit/data/synthetic';
import sharp from 'sharp';

function print(figures: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

interface Setting {
  readonly data: string;
  readonly a: string;
  readonly b: string;
  readonly size: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly stepMs: number;
}

async function waiting({ data, a, b, size, batchSize, steps, stepMs }: Setting, mode: 'decoded' | 'cached'): Promise<void> {
  const cache = mode === 'decoded' ? { cacheBytes: 0 } : {};
  const batches = await openUnpaired({ a, b }, { resize: size, crop: size, batchSize, seed: 1, ...cache });
  try {
    // Until the cache holds everything: the second epoch.
    while (mode === 'cached' && Math.min(batches.state().domains.a.epoch, batches.state().domains.b.epoch) < 2) await batches.next();
    await batches.next();
    const before = batches.stats();
    for (let i = 0; i < steps; i++) {
      compute(stepMs);
      await batches.next();
    }
    const after = batches.stats();
    const waitMs = after.waitMs - before.waitMs;
    const elapsedMs = after.elapsedMs - before.elapsedMs;
    print({
      data, mode, size, batchSize, stepMs, steps,
      waitMsPerStep: Number((waitMs / steps).toFixed(3)),
      waitPercent: Number(((100 * waitMs) / elapsedMs).toFixed(2)),
    });
  } finally {
    await batches.dispose();
  }
}

function drawing(size: number, count: number): void {
  const start = performance.now();
  for (let i = 0; i < count; i++) renderSample({ size, seed: 1 }, i % 2 === 0 ? 'a' : 'b', 'train', i);
  const seconds = (performance.now() - start) / 1000;
  print({ drawing: size, imagesPerSecond: Math.round(count / seconds) });
}

/** Photographs are larger than what is trained on: 512×384 JPEGs, from the benchmark's pictures with noise. */
async function writePhotographs(dir: string, domain: Domain, count: number): Promise<void> {
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
  print({ writing: 64, imagesPerSecond: Math.round(2032 / ((performance.now() - start) / 1000)) });
  const small = { data: 'png 64', a: join(dir, 'set', 'trainA'), b: join(dir, 'set', 'trainB'), size: 64, batchSize: 4, steps, stepMs: smallMs };
  for (const domain of domains) await writePhotographs(join(dir, domain), domain, 64);
  const large = { data: 'jpeg 512x384', a: join(dir, 'a'), b: join(dir, 'b'), size: 256, batchSize: 1, steps: Math.ceil(steps / 3), stepMs: largeMs };
  for (const setting of [small, large]) for (const mode of ['decoded', 'cached'] as const) await waiting(setting, mode);
} finally {
  await rm(dir, { recursive: true, force: true });
}
