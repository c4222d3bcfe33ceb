import { resizeBilinear } from '@munit/images';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { renderSample } from '../synthetic/index.js';
import { UnpairedBatches } from '../sampling/unpairedBatches.js';
import { blobSource, type BlobSourceOptions } from './index.js';

const picture = renderSample({ size: 64, seed: 1 }, 'b', 'train', 0);

function pngFile(name: string, channels: 3 | 4 = 3, data: Uint8Array = picture.data): File {
  const width = 64;
  return new File([Uint8Array.from(encode({ width, height: data.length / channels / width, channels, data, depth: 8 }))], name, { type: 'image/png' });
}

const load = async (file: File, options?: BlobSourceOptions) => (await blobSource([file], options).load(0)).image;

describe('an image of a blobSource', () => {
  it('gives the same bytes as in Node: decoded, and resized', async () => {
    expect(await load(pngFile('a.png'))).toEqual(picture);
    expect(await load(pngFile('a.png'), { resize: 24 })).toEqual(resizeBilinear(picture, 24, 24));
  });

  it('composites alpha and converts to grey', async () => {
    const data = new Uint8Array(64 * 4);
    for (let x = 0; x < 64; x++) data.set([200, 40, 10, x < 32 ? 0 : 255], 4 * x);
    const image = await load(pngFile('alpha.png', 4, data), { background: [1, 2, 3] });
    expect([...image.data.subarray(0, 3), ...image.data.subarray(-3)]).toEqual([1, 2, 3, 200, 40, 10]);
    // (200 · 19595 + 40 · 38470 + 10 · 7471 + 32768) >> 16 = 84
    expect((await load(pngFile('alpha.png', 4, data), { channels: 1 })).data[63]).toBe(84);
  });

  it('says that a file is not an image', async () => {
    await expect(load(new File(['no image'], 'x.png'))).rejects.toThrow('The image x.png is not an image that this browser can decode');
    await expect(load(new File([], 'y.png'))).rejects.toThrow('is empty (0 bytes)');
  });
});

describe('blobSource', () => {
  it('feeds training batches and passes over what is broken', async () => {
    const broken = new File(['?'], 'c.png');
    const notices: string[] = [];
    const files = [pngFile('b.png'), pngFile('a.png'), broken];
    const batches = new UnpairedBatches({
      sources: { a: blobSource(files, { resize: 40 }), b: blobSource(files, { resize: 40, channels: 1 }) },
      batchSize: 2, crop: 32, seed: 1, onNotice: ({ domain, name }) => notices.push(domain + name),
    });
    for (let i = 0; i < 4; i++) {
      const { a, b } = await batches.next();
      expect(a.shape).toEqual([2, 32, 32, 3]);
      expect(b.shape).toEqual([2, 32, 32, 1]);
    }
    await batches.dispose();
    expect(notices.sort()).toEqual(['ac.png', 'bc.png']);
    expect(() => blobSource([])).toThrow('at least one file');
  });
});
