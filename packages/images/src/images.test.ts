import { describe, expect, it } from 'vitest';
import { centerCrop, checkPixels, crop, flipHorizontally, fromBatch, type PixelImage, splitPair, toBatch, toByte, toBytes, toChannels, toFloatImage, toNetworkRange, withChannels, writeInNetworkRange } from './index.js';

/** Value = 10 y + x. */
function ramp(width: number, height: number): PixelImage {
  return { width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, i) => 10 * Math.floor(i / width) + (i % width)) };
}

describe('toChannels', () => {
  it('composites straight alpha on the background', () => {
    const raw = { width: 3, height: 1, channels: 4, data: Uint8Array.from([200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 128]) };
    // 128/255 of the colour and 127/255 of white: 200·128 + 255·127 = 57985, /255 = 227.4
    expect([...toChannels(raw, 3).data]).toEqual([255, 255, 255, 200, 100, 0, 227, 177, 127]);
    expect([...toChannels(raw, 3, [0, 0, 0]).data.subarray(0, 3)]).toEqual([0, 0, 0]);
  });

  it("takes grey by ITU-R 601 luma as Pillow's convert('L')", () => {
    // Pillow: (255, 0, 0) → 76, (0, 255, 0) → 150, (0, 0, 255) → 29, (255, 255, 255) → 255
    const raw = { width: 4, height: 1, channels: 3, data: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]) };
    expect([...toChannels(raw, 1).data]).toEqual([76, 150, 29, 255]);
  });

  it('repeats grey and composites grey with alpha', () => {
    expect([...toChannels({ width: 2, height: 1, channels: 1, data: Uint8Array.of(5, 9) }, 3).data]).toEqual([5, 5, 5, 9, 9, 9]);
    expect([...toChannels({ width: 2, height: 1, channels: 2, data: Uint8Array.of(5, 255, 9, 0) }, 1).data]).toEqual([5, 255]);
  });

  it('refuses data that do not fit', () => {
    expect(() => toChannels({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) }, 3)).toThrow('got 11 values');
  });
});

describe('geometry', () => {
  it('crops, mirrors and splits', () => {
    expect([...crop(ramp(5, 3), 1, 2, { width: 2, height: 2 }).data]).toEqual([12, 13, 22, 23]);
    expect([...flipHorizontally(ramp(3, 2)).data]).toEqual([2, 1, 0, 12, 11, 10]);
    expect(splitPair(ramp(5, 1), 'left').width).toBe(2);
    expect([...splitPair(ramp(5, 1), 'right').data]).toEqual([2, 3, 4]);
    expect(() => crop(ramp(3, 3), 0, 2, { width: 2, height: 1 })).toThrow('does not lie inside');
    expect(() => splitPair(ramp(1, 1), 'left')).toThrow('2 pixels wide');
  });

  it('centre-crops at round(half), halves to even, as torchvision', () => {
    // (5 - 2) / 2 = 1.5 → 2; (3 - 2) / 2 = 0.5 → 0
    expect([...centerCrop(ramp(5, 3), 2).data]).toEqual([2, 3, 12, 13]);
    // (5 - 4) / 2 = 0.5 → 0; (7 - 4) / 2 = 1.5 → 2
    expect(centerCrop(ramp(7, 5), 4).data[0]).toBe(2);
  });

  it('pads a smaller picture with black, the odd pixel at the right and bottom', () => {
    const padded = centerCrop({ width: 1, height: 2, channels: 1, data: Uint8Array.of(7, 8) }, { width: 4, height: 2 });
    expect([...padded.data]).toEqual([0, 7, 0, 0, 0, 8, 0, 0]);
  });
});

describe('floats', () => {
  it('maps 0, 51, 255 to -1, -0.6, 1', () => {
    const values = toNetworkRange({ width: 3, height: 1, channels: 1, data: Uint8Array.of(0, 51, 255) });
    expect(values[0]).toBe(-1);
    expect(values[1]).toBeCloseTo(-0.6, 6);
    expect(values[2]).toBe(1);
  });

  it('mirrors while writing exactly as the mirrored picture', () => {
    const image: PixelImage = { width: 3, height: 2, channels: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 14) };
    const out = new Float32Array(18);
    writeInNetworkRange(image, out, 0, true);
    expect(out).toEqual(toNetworkRange(flipHorizontally(image)));
  });

  it('comes back to every byte and clamps what is outside', () => {
    const all: PixelImage = { width: 256, height: 1, channels: 1, data: Uint8Array.from({ length: 256 }, (_, i) => i) };
    expect(fromBatch(toBatch([all]))[0]).toEqual(all);
    expect([toByte(-3), toByte(3), toByte(NaN), toByte(0)]).toEqual([0, 255, 0, 128]);
    expect(toBytes(Float32Array.of(-3, 3, NaN, 0, -1, 1, 0.5))).toEqual(Uint8Array.of(0, 255, 0, 128, 0, 255, 191));
  });

  it('takes pixels with and without alpha into the channels of a domain', () => {
    const rgba = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 0, 255, 9, 9, 9, 0) };
    expect([...toFloatImage(rgba, 3).values]).toEqual([1, -1, -1, 1, 1, 1]);
    // Pillow's luma of pure red is 76.
    expect(toFloatImage(rgba, 1).values[0]).toBe(toNetworkRange({ width: 1, height: 1, channels: 1, data: Uint8Array.of(76) })[0]);
    expect(() => toFloatImage(rgba, 4)).toThrow('has 4 channels');
    expect(() => toFloatImage({ width: 0, height: 0, data: new Uint8Array(0) }, 3)).toThrow('at least one pixel');
    const grey = withChannels({ width: 1, height: 1, channels: 3, values: Float32Array.of(1, 1, 1) }, 1);
    expect([grey.channels, grey.values[0]!]).toEqual([1, expect.closeTo(1, 6)]);
    expect(() => withChannels(grey, 2)).toThrow('Convert it first');
  });

  it('refuses a batch of unlike images', () => {
    expect(() => toBatch([ramp(2, 2), ramp(3, 2)])).toThrow('image 1 is 3×2×1');
    expect(() => toBatch([])).toThrow('at least one image');
  });
});

it('an image with too many pixels is rejected with the largest size of its shape that fits', () => {
  // 400 × 300 = 120,000 pixels; the sides shrink by √(100,000 / 120,000) = 0.9129: 365.1 × 273.9.
  expect(() => checkPixels('big.png', 400, 300, 100_000)).toThrow(expect.objectContaining({ name: 'BrokenImageError', remedy: { id: 'advice', text: 'Scale it to 365×273 or less.' } }));
  expect(() => checkPixels('big.png', 400, 250, 100_000)).not.toThrow();
});
