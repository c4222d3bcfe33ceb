import { readFileSync } from 'node:fs';
import { ArgumentError, CheckpointMismatchError, type Device, memory, NonFiniteError, openDevice, Rng, ShapeError, tensor, type Tensor4D, writeSafetensors } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FeatureExtractor, loadFeatureExtractor } from './extractor.js';
import { resizeBicubic } from './resizeBicubic.js';

let device: Device;
let extractor: FeatureExtractor;
beforeAll(async () => {
  device = await openDevice('simd');
  extractor = await loadFeatureExtractor();
});
afterAll(() => {
  extractor.dispose();
  device.dispose();
});

interface PillowCase {
  readonly height: number;
  readonly width: number;
  readonly to: { readonly height: number; readonly width: number };
  readonly pixels: readonly number[];
  readonly expected: readonly number[];
}

describe('resizeBicubic', () => {
  const cases = JSON.parse(readFileSync(new URL('../../test/pillowBicubic.json', import.meta.url), 'utf8')) as PillowCase[];
  it.each(cases.map((one) => [`${one.width}×${one.height} to ${one.to.width}×${one.to.height}`, one] as const))("equals Pillow's, %s", (_, { height, width, to, pixels, expected }) => {
    const { data } = resizeBicubic({ height, width, channels: 1, data: Float32Array.from(pixels) }, to.height, to.width);
    expect(data).toHaveLength(expected.length);
    expect(Math.max(...data.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-3);
  });

  it('takes each channel on its own', () => {
    const rng = new Rng(1);
    const planes = [0, 1, 2].map(() => rng.uniforms(9 * 11, 0, 255));
    const mixed = Float32Array.from({ length: 9 * 11 * 3 }, (_, i) => planes[i % 3]?.[Math.floor(i / 3)] as number);
    const together = resizeBicubic({ height: 9, width: 11, channels: 3, data: mixed }, 4, 5).data;
    planes.forEach((data, c) => expect(together.filter((_, i) => i % 3 === c)).toEqual(resizeBicubic({ height: 9, width: 11, channels: 1, data }, 4, 5).data));
  });
});

describe('features', () => {
  const random = (seed: number, count: number, channels = 3): Tensor4D => tensor(new Rng(seed).uniforms(count * 20 * 24 * channels, -1, 1), [count, 20, 24, channels]);

  it('are 256 numbers per image, whatever the batch', async () => {
    const before = memory().numTensors;
    const images = random(1, 3);
    const whole = await extractor.features(images);
    expect([whole.count, whole.dimension]).toEqual([3, 256]);
    const values = await images.data();
    for (let n = 0; n < 3; n++) {
      const one: Tensor4D = tensor(values.slice(n * 1440, (n + 1) * 1440), [1, 20, 24, 3]);
      const { data } = await extractor.features(one);
      one.dispose();
      expect(Math.max(...data.map((value, k) => Math.abs(value - (whole.data[n * 256 + k] as number))))).toBeLessThan(1e-5);
    }
    images.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('are of the image as it would be saved: rounded to bytes, clamped, grey as colour', async () => {
    const bytes = Array.from({ length: 480 }, (_, i) => (i * 37) % 256);
    const grey = (f: (byte: number) => number): Tensor4D => tensor(Float32Array.from(bytes, f), [1, 20, 24, 1]);
    const colour: Tensor4D = tensor(Float32Array.from(bytes.flatMap((byte) => [byte, byte, byte]), (byte) => byte / 127.5 - 1), [1, 20, 24, 3]);
    const saved = grey((byte) => byte / 127.5 - 1);
    const unrounded = grey((byte) => (byte === 255 ? 1.5 : byte === 0 ? -3 : (byte + 0.3) / 127.5 - 1));
    const [a, b, c] = [await extractor.features(saved), await extractor.features(unrounded), await extractor.features(colour)];
    expect(b.data).toEqual(a.data);
    expect(c.data).toEqual(a.data);
    for (const image of [saved, unrounded, colour]) image.dispose();
  });

  it('refuse NaN, other shapes, other weights and vgg16 without a file', async () => {
    const broken: Tensor4D = tensor(new Float32Array(2 * 1440).fill(Number.NaN, 2000, 2001), [2, 20, 24, 3]);
    await expect(extractor.features(broken)).rejects.toThrow('Image 1 of a batch');
    await expect(extractor.features(broken)).rejects.toThrow(NonFiniteError);
    const two: Tensor4D = tensor(new Float32Array(8), [1, 2, 2, 2]);
    await expect(extractor.features(two)).rejects.toThrow(ShapeError);
    broken.dispose();
    two.dispose();
    await expect(loadFeatureExtractor({ network: 'vgg16' })).rejects.toThrow('munit weights');
    await expect(loadFeatureExtractor({ network: 'resnet' as 'vgg16' })).rejects.toThrow(ArgumentError);
    await expect(loadFeatureExtractor({ network: 'inception' })).rejects.toThrow('pt_inception-2015-12-05-6726825d.pth');
    await expect(loadFeatureExtractor({ network: 'inception-torchvision' })).rejects.toThrow(ArgumentError);
    const vgg = writeSafetensors([['conv1_1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) }]]);
    await expect(loadFeatureExtractor({ network: 'alexnet', weights: vgg })).rejects.toThrow(CheckpointMismatchError);
    await expect(loadFeatureExtractor({ network: 'inception', weights: vgg })).rejects.toThrow('whose SHA-256 is 6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2');
    await expect(loadFeatureExtractor({ network: 'inception-torchvision', weights: vgg })).rejects.toThrow('does not hold Inception v3');
  });
});
