import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { encodePng } from './png.js';

describe('encodePng', () => {
  it.each([1, 3] as const)('keeps every pixel of %d channel(s)', (channels) => {
    const data = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 14);
    const decoded = decode(encodePng({ width: 3, height: 2, channels, data }));
    expect([decoded.width, decoded.height, decoded.channels, decoded.depth]).toEqual([3, 2, channels, 8]);
    expect([...decoded.data]).toEqual([...data]);
  });
});
