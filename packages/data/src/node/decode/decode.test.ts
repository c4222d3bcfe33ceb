import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelImage } from '@munit/images';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, png, temporaryFolder, twoColours } from '../../../test/images.js';
import { DecodePool } from './decodePool.js';
import type { PrepareOptions } from './protocol.js';

const prepare: PrepareOptions = { channels: 3, resize: null, background: [255, 255, 255], maxPixels: 1e7 };
let dir: string;
let remove: () => Promise<void>;
let pool: DecodePool;
beforeAll(async () => {
  ({ dir, remove } = await temporaryFolder());
  pool = new DecodePool({ processes: 1 });
});
afterAll(async () => {
  await pool.dispose();
  await remove();
});

async function decoded(name: string, options: Partial<PrepareOptions> = {}): Promise<PixelImage> {
  return (await pool.decode({ path: join(dir, name) }, { ...prepare, ...options })).image;
}

function pixel({ data, width, channels }: PixelImage, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

describe('DecodePool', () => {
  it.each(['png', 'jpeg', 'webp', 'tiff', 'gif'] as const)('reads %s', async (format) => {
    const file = await open(twoColours(40, 20)).toFormat(format, format === 'webp' ? { lossless: true } : { quality: 100 }).toBuffer();
    await writeFile(join(dir, `a.${format}`), file);
    const image = await decoded(`a.${format}`);
    expect([image.width, image.height, image.channels]).toEqual([40, 20, 3]);
    for (const [x, colour] of [[4, [200, 40, 10]], [35, [10, 90, 220]]] as const) {
      pixel(image, x, 10).forEach((value, c) => expect(Math.abs(value - colour[c]!)).toBeLessThanOrEqual(2));
    }
  });

  it('turns pictures upright by their EXIF orientation', async () => {
    // Orientation 6: the stored left edge is the upright top.
    await writeFile(join(dir, 'turned.jpg'), await open(twoColours(32, 16)).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer());
    const image = await decoded('turned.jpg');
    expect([image.width, image.height]).toEqual([16, 32]);
    expect(pixel(image, 8, 2)[0]).toBeGreaterThan(190);
    expect(pixel(image, 8, 30)[2]).toBeGreaterThan(210);
  });

  it('reads palettes, grey, 16 bits, alpha and CMYK', async () => {
    await writeFile(join(dir, 'palette.png'), await open(twoColours(16, 8)).png({ palette: true }).toBuffer());
    expect(pixel(await decoded('palette.png'), 1, 1)).toEqual([200, 40, 10]);

    await png(join(dir, 'grey.png'), { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 250) });
    expect(pixel(await decoded('grey.png'), 0, 0)).toEqual([7, 7, 7]);
    expect((await decoded('grey.png', { channels: 1 })).data).toEqual(Uint8Array.of(7, 250));

    const deep = Uint16Array.of(0x1234, 0xff00, 0x80ff, 0x0100);
    await writeFile(join(dir, 'deep.png'), await sharp(deep, { raw: { width: 2, height: 2, channels: 1 } }).toColourspace('grey16').png().toBuffer());
    expect((await sharp(join(dir, 'deep.png')).metadata()).depth).toBe('ushort');
    expect((await decoded('deep.png', { channels: 1 })).data).toEqual(Uint8Array.of(0x12, 0xff, 0x80, 0x01));

    await png(join(dir, 'alpha.png'), { width: 3, height: 1, channels: 4, data: Uint8Array.of(0, 0, 0, 0, 200, 100, 0, 255, 200, 100, 0, 128) });
    expect([...(await decoded('alpha.png')).data]).toEqual([255, 255, 255, 200, 100, 0, 227, 177, 127]);
    expect(pixel(await decoded('alpha.png', { background: [0, 0, 9] }), 0, 0)).toEqual([0, 0, 9]);

    await writeFile(join(dir, 'cmyk.jpg'), await open({ width: 16, height: 16, channels: 3, data: new Uint8Array(768).fill(255) }).toColourspace('cmyk').jpeg().toBuffer());
    expect((await sharp(join(dir, 'cmyk.jpg')).metadata()).space).toBe('cmyk');
    pixel(await decoded('cmyk.jpg'), 8, 8).forEach((value) => expect(value).toBeGreaterThan(250));
  });

  it('splits pairs and resizes the shorter side', async () => {
    await png(join(dir, 'pair.png'), twoColours(40, 20));
    const half = await pool.decode({ path: join(dir, 'pair.png'), side: 'right' }, { ...prepare, resize: 10 });
    expect([half.image.width, half.image.height]).toEqual([10, 10]);
    expect(pixel(half.image, 0, 0)).toEqual([10, 90, 220]);
  });

  it('names what is wrong with a file', async () => {
    const jpeg = await open(twoColours(400, 300)).jpeg().toBuffer();
    const pngFile = await open(twoColours(400, 300)).png().toBuffer();
    await writeFile(join(dir, 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(join(dir, 'cut.png'), pngFile.subarray(0, pngFile.length / 2));
    await writeFile(join(dir, 'zero.jpg'), '');
    await writeFile(join(dir, 'text.jpg'), 'not an image');
    await writeFile(join(dir, 'b.bmp'), 'BM123456');
    await png(join(dir, 'long.png'), twoColours(100, 2));
    await png(join(dir, 'big.png'), twoColours(400, 300));
    const reason = (name: string, options?: Partial<PrepareOptions>): Promise<string> =>
      decoded(name, options).then(() => 'fine', (error: unknown) => (error as { reason?: string }).reason ?? String(error));
    expect(await reason('cut.jpg')).toMatch(/^is truncated or damaged/);
    expect(await reason('cut.png')).toMatch(/^is truncated or damaged/);
    expect(await reason('zero.jpg')).toBe('is empty (0 bytes)');
    expect(await reason('text.jpg')).toMatch(/^is not an image that can be decoded/);
    expect(await reason('b.bmp')).toMatch(/^is a BMP file.*convert it to PNG$/);
    expect(await reason('none.jpg')).toBe('does not exist');
    expect(await reason('.')).toBe('cannot be read (EISDIR)');
    expect(await reason('long.png', { resize: 64 })).toBe('is 100×2: longer than 32 times its shorter side');
    expect(await reason('big.png', { maxPixels: 100_000 })).toBe('has 400×300 = 0.1 Mpx, more than the limit of 0.1 Mpx');
  });

  it('survives the death of its process and blames the picture that causes it twice', async () => {
    const kills = new DecodePool({ processes: 1 });
    try {
      await png(join(dir, 'good.png'), twoColours(4, 4));
      await png(join(dir, 'suspect.png'), twoColours(6, 4));
      const before = childrenOf(process.pid);
      const suspect = kills.decode({ path: join(dir, 'suspect.png') }, prepare).catch((error: unknown) => error);
      const good = kills.decode({ path: join(dir, 'good.png') }, prepare);
      // A process takes far longer to start than to be found: both die with the suspect in work.
      for (let round = 0; round < 2; round++) {
        const child = await waitFor(() => childrenOf(process.pid).find((pid) => !before.includes(pid)));
        process.kill(child, 'SIGKILL');
        before.push(child);
      }
      expect(await suspect).toMatchObject({ code: 'DATA', reason: 'crashes its decoder (SIGKILL)' });
      expect((await good).image.width).toBe(4);
    } finally {
      await kills.dispose();
    }
  });

  it('rejects what is under way when it is disposed of', async () => {
    const brief = new DecodePool({ processes: 2 });
    const waiting = brief.decode({ path: join(dir, 'pair.png') }, prepare);
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'ABORTED' }), brief.dispose()]);
    await expect(brief.decode({ path: 'x' }, prepare)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(() => new DecodePool({ processes: 0 })).toThrow('at least one process');
  });
});

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    return ppid === parent && pid !== undefined && line.includes('decodeWorker') ? [pid] : [];
  });
}

async function waitFor<T>(find: () => T | undefined): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not happen within four seconds.');
}
