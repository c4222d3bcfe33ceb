/** A small model of the published code, and images. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

export const modelPath = fileURLToPath(new URL('../../formats/test-data/reference/checkpoint_munit/gen_00000005.legacy.pt', import.meta.url));

/** A PNG of noise. */
export async function png(width = 20, height = 16): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 50 } } }).png().toBuffer();
}
