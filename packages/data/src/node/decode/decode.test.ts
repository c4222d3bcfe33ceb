import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PixelImage } from '@munit/images';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { open, png, temporaryFolder, twoColours } from '../../../test/images.js';
import { DecodePool, type DecodePoolOptions } from './decodePool.js';
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
    expect(await reason('.')).toBe('is a folder, not an image file');
    expect(await reason('long.png', { resize: 64 })).toBe('is 100×2: longer than 32 times its shorter side');
    expect(await reason('big.png', { maxPixels: 100_000 })).toBe('has 400×300 = 0.1 Mpx, more than the limit of 0.1 Mpx');
  });

  it('reads listed formats only, whatever a file is called', async () => {
    // A turbulence of a hundred octaves: its decoder would take minutes.
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f"><feTurbulence baseFrequency="0.01" numOctaves="100"/></filter><rect width="4000" height="4000" filter="url(#f)"/></svg>';
    await writeFile(join(dir, 'drawing.png'), drawing);
    await writeFile(join(dir, 'packed.png'), gzipSync(drawing));
    await writeFile(join(dir, 'page.jpg'), '%PDF-1.4\n');
    const reasons = await Promise.all(['drawing.png', 'packed.png', 'page.jpg'].map((name) => decoded(name).catch((error: unknown) => error)));
    expect(reasons.map((error) => (error as { reason?: string }).reason)).toEqual([
      'is an SVG drawing, which is not read; render it as a PNG',
      'is a gzip archive, which is not read; unpack it and give the folder of its images',
      'is a PDF document, which is not read; render it as a PNG',
    ]);
    for (const error of reasons) expect((error as { remedy?: unknown }).remedy).toEqual({ id: 'advice', text: 'Images are JPEG, PNG, WebP, TIFF, GIF or AVIF files.' });
  });

  it('refuses channels whose range is not known, instead of making them black and white', async () => {
    const ramp = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    await writeFile(join(dir, 'float32.tiff'), floatTiff(ramp, 8));
    await expect(decoded('float32.tiff')).rejects.toMatchObject({ reason: 'has channels of type float, whose black and white are not known' });
  });

  /** Decode processes load this first: an image of such a name ends the one that opens it, or is never read to its end. */
  const withFaults = async (work: (processes: (options?: DecodePoolOptions) => DecodePool) => Promise<void>, atStart = ''): Promise<void> => {
    const script = join(dir, `faults-${Math.random()}.cjs`);
    await writeFile(
      script,
      `if (process.send) {
        ${atStart}
        const files = require('node:fs/promises');
        const { open } = files;
        files.open = (path, ...rest) => {
          if (String(path).includes('kills')) process.kill(process.pid, 'SIGKILL');
          return String(path).includes('hangs') ? new Promise(() => setInterval(() => undefined, 1000)) : open(path, ...rest);
        };
        require('node:module').syncBuiltinESMExports();
      }`,
    );
    vi.stubEnv('NODE_OPTIONS', `--require=${script}`);
    const pools: DecodePool[] = [];
    const make = (options: DecodePoolOptions = {}): DecodePool => {
      const made = new DecodePool({ processes: 1, ...options });
      pools.push(made);
      return made;
    };
    try {
      await work(make);
    } finally {
      await Promise.all(pools.map((made) => made.dispose()));
      vi.unstubAllEnvs();
    }
  };
  const outcome = (work: Promise<{ readonly image: PixelImage }>): Promise<unknown> => work.then(({ image }) => image.width, (error: unknown) => (error as { reason?: string }).reason ?? (error as Error).message);
  const at = (name: string): { readonly path: string } => ({ path: join(dir, name) });

  it.each([1, 2])('survives the death of a process and blames the image that causes it twice, with %i processes', async (processes) => {
    await png(join(dir, 'good.png'), twoColours(4, 4));
    await withFaults(async (make) => {
      const kills = make({ processes });
      const outcomes = await Promise.all(['good.png', 'kills-1.png', 'good.png', 'kills-2.png', 'good.png'].map((name) => outcome(kills.decode(at(name), prepare))));
      const guilty = 'takes its decoder down (SIGKILL, as when memory runs out)';
      expect(outcomes).toEqual([4, guilty, 4, guilty, 4]);
      // By itself, too.
      await expect(kills.decode(at('kills-3.png'), prepare)).rejects.toMatchObject({ reason: guilty, remedy: { text: 'Open it in an image editor and save it as a plain PNG or JPEG of a smaller size.' } });
    });
  });

  it.each([1, 2, 4])('blames no image when %i processes cannot start', async (processes) => {
    await png(join(dir, 'good.png'), twoColours(4, 4));
    for (const end of ['process.exit(9);', "process.kill(process.pid, 'SIGKILL');"]) {
      await withFaults(async (make) => {
        const none = make({ processes });
        const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcome(none.decode(at('good.png'), prepare))));
        expect(new Set(outcomes).size).toBe(1);
        expect(outcomes[0]).toMatch(/^Decode processes cannot run: the last \d ended before they had started \((exit code 9|SIGKILL)\)\. Check that sharp works here/);
      }, end);
    }
  });

  it('blames no image when every one takes its process down', async () => {
    await withFaults(async (make) => {
      const all = make({ processes: 2 });
      const together = await Promise.all(Array.from({ length: 9 }, (_, i) => outcome(all.decode(at(`kills-${i}.png`), prepare))));
      expect(new Set(together).size).toBe(1);
      expect(together[0]).toMatch(/^Decode processes cannot run: the last 13 ended without an answer \(SIGKILL\)\./);
    });
  }, 120_000);

  it('gives each image a limited time', async () => {
    await png(join(dir, 'good.png'), twoColours(4, 4));
    await withFaults(async (make) => {
      const hangs = make({ timeoutSeconds: 0.2 });
      const outcomes = await Promise.all(['good.png', 'hangs.png', 'good.png'].map((name) => outcome(hangs.decode(at(name), prepare))));
      expect(outcomes).toEqual([4, 'takes longer than 0.2 s to decode', 4]);
    });
  });

  it('rejects what is under way when it is disposed of', async () => {
    const brief = new DecodePool({ processes: 2 });
    const waiting = brief.decode({ path: join(dir, 'pair.png') }, prepare);
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'ABORTED' }), brief.dispose()]);
    await expect(brief.decode({ path: 'x' }, prepare)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(() => new DecodePool({ processes: 0 })).toThrow('at least one process');
  });
});

/** A TIFF of one strip of 32-bit floats, as TIFF 6.0 describes it: a header, the values, and one directory. */
function floatTiff(values: Float32Array, width: number): Buffer {
  const at = 8 + values.byteLength;
  const entries = [[256, width], [257, values.length / width], [258, 32], [259, 1], [262, 1], [273, 8], [277, 1], [278, values.length / width], [279, values.byteLength], [339, 3]] as const;
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [i, [tag, value]] of entries.entries()) {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  }
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(at, 4);
  return Buffer.concat([header, Buffer.from(values.buffer), directory]);
}
