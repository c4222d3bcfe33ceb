import { BrokenImageError, type PixelImage } from '@munit/images';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../sources/memorySource.js';
import { displayBatch, evaluationImages } from './evaluationImages.js';

function grey(width: number, height: number, value: number): PixelImage {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(value) };
}

const plain = memorySource([grey(6, 4, 1), grey(9, 9, 2), grey(4, 7, 3)]);
const withBroken = {
  ...plain,
  load: (i: number) => (i === 1 ? Promise.reject(new BrokenImageError('1', 'is damaged')) : plain.load(i)),
};

describe('evaluationImages', () => {
  it('gives every picture once, whole, in order', async () => {
    const seen = [];
    for await (const { name, image } of evaluationImages(plain)) seen.push([name, image.width, image.height]);
    expect(seen).toEqual([['0', 6, 4], ['1', 9, 9], ['2', 4, 7]]);
  });

  it('passes over broken pictures with a notice, or fails when strict', async () => {
    const notices: string[] = [];
    const names = [];
    for await (const { name } of evaluationImages(withBroken, { onNotice: (n) => notices.push(n.name) })) names.push(name);
    expect(names).toEqual(['0', '2']);
    expect(notices).toEqual(['1']);
    await expect(displayBatch(withBroken, 3, 2, { strict: true })).rejects.toThrow('is damaged');
  });

  it('makes a display batch of what there is', async () => {
    const batch = await displayBatch(withBroken, 8, 4);
    expect(batch.shape).toEqual([2, 4, 4, 1]);
    expect(batch.names).toEqual(['0', '2']);
    expect(batch.data[16]).toBeCloseTo(3 / 127.5 - 1, 6);
    const one = await displayBatch(plain, 1, 4);
    expect(one.names).toEqual(['0']);
  });
});
