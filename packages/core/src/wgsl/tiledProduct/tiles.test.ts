import { describe, expect, test } from 'vitest';
import { candidateTiles, type ProductSize, tileBySize, type TileLimits, tileName, workgroupBytes, workgroupSize } from './tiles.js';

const runs = (length: number, costly = false): ProductSize['over'] => ({ kind: 'runs', runs: 9, length, lengthCode: `${length}`, columns: false, costly });
const size = (m: number, n: number, layers: number, over: ProductSize['over'] = runs(64)): ProductSize => ({ m, n, layers, over });

/** The least that WebGPU promises, and what a large GPU has. */
const least: TileLimits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
};

const sizes = [
  [4096, 256, 1, '64x64/8 staged'],
  [65536, 64, 1, '64x64/8 staged'],
  [1024, 256, 1, '32x32/4 direct'],
  [65536, 3, 1, '128x4/4 direct'],
  [65536, 8, 1, '128x8/4 direct'],
  [4096, 16, 4, '128x16/4 direct'],
  [65536, 32, 1, '64x32/4 staged'],
  [64, 8, 1, '32x8/1 direct'],
] as const;

describe('the tile by size', () => {
  test.each(sizes)('%i × %i, %i times', (m, n, layers, expected) => {
    expect(tileName(tileBySize(size(m, n, layers)))).toBe(expected);
  });

  test('is direct where steps would cut a run, staged where values are costly, and over parts', () => {
    expect(tileBySize(size(65536, 64, 1, runs(12))).walk).toBe('direct');
    expect(tileBySize(size(1024, 256, 1, runs(64, true))).walk).toBe('staged');
    expect(tileBySize(size(64, 8, 1, { kind: 'part' })).walk).toBe('staged');
  });
});

describe('candidates', () => {
  const overs = { 'whole steps': runs(64), 'half steps': runs(12), 'costly values': runs(64, true), parts: { kind: 'part' } } as const;
  const all = sizes.flatMap(([m, n, layers]) => Object.entries(overs).map(([name, over]) => ({ m, n, layers, name, over })));

  test.each(all)('$m × $n, $layers times, $name: two to five, the one by size first', (given) => {
    const candidates = candidateTiles(given, least);
    expect(candidates[0]).toEqual(tileBySize(given));
    expect(candidates.length).toBeGreaterThanOrEqual(2);
    expect(candidates.length).toBeLessThanOrEqual(5);
    expect(new Set(candidates.map(tileName)).size).toBe(candidates.length);
    for (const tile of candidates) {
      // What the walks take for granted.
      expect([tile.m % tile.rows, tile.n % 4, tile.m % 4, tile.rows % 4 === 0 || 4 % tile.rows === 0]).toEqual([0, 0, 0, true]);
      if (given.name === 'half steps') expect(tile.walk).toBe('direct');
      if (given.name === 'parts') expect(tile.walk).toBe('staged');
    }
  });

  test('both walks are tried where both are possible', () => {
    expect(candidateTiles(size(1024, 256, 1), least).map(tileName)).toContain('32x32/4 staged');
    expect(candidateTiles(size(65536, 64, 1), least).map(tileName)).toContain('64x64/4 direct');
  });

  test('keep within every limit', () => {
    const wide = size(65536, 64, 1);
    const names = (limits: Partial<TileLimits>): string[] => candidateTiles(wide, { ...least, ...limits }).map(tileName);
    expect(names({})).toEqual(['64x64/8 staged', '64x64/4 direct', '64x64/4 staged', '128x64/8 staged', '32x64/4 staged']);
    expect(names({ maxComputeInvocationsPerWorkgroup: 128 })).toEqual(['64x64/8 staged', '32x64/4 staged']);
    expect(names({ maxComputeWorkgroupSizeY: 8 })).toEqual(['64x64/8 staged', '32x64/4 staged']);
    expect(names({ maxComputeWorkgroupStorageSize: 4096 })).toEqual(['64x64/8 staged', '64x64/4 direct', '64x64/4 staged', '32x64/4 staged']);
    expect(names({ maxComputeWorkgroupsPerDimension: 1024 })).not.toContain('32x64/4 staged');
  });

  test('invocations and workgroup memory', () => {
    const tile = { m: 64, n: 32, rows: 4, walk: 'staged' } as const;
    // 32 columns in fours by 64 rows in fours; (64 + 32) · 8 values of 4 bytes.
    expect(workgroupSize(tile)).toEqual([8, 16]);
    expect(workgroupBytes(tile)).toBe(3072);
    expect(workgroupBytes({ ...tile, walk: 'direct' })).toBe(0);
  });
});
